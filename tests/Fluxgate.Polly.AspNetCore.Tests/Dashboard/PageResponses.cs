using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;

namespace Fluxgate;

public sealed class PageResponses
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static readonly (string Name, string Value)[] Protection =
    [
        ("Content-Security-Policy", ContentSecurityPolicy),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ];

    private static readonly string[] Reads =
    [
        "/",
        "/page.js",
        "/page.css",
        "/api/events",
        "/api/session",
        "/api/circuits",
        "/api/circuit?name=nobody",
        "/api/fleet",
    ];

    private static readonly string[] Actions =
    [
        "/api/circuit/preview?name=payments",
        "/api/circuit/trip?name=payments",
        "/api/fleet/directives",
    ];

    [Fact]
    public async Task The_page_redirects_to_its_folder_relative_to_what_the_browser_knows()
    {
        await using var application = await DashboardApplication.StartAsync(
            DashboardApplication.Open,
            map: app =>
            {
                app.UsePathBase("/base");
                app.MapGroup("/ops").MapFluxgateDashboard("circuits and more", DashboardApplication.Open);
            }
        );

        using var plain = await application.Client.GetAsync("/circuits");
        using var based = await application.Client.GetAsync("/base/circuits");
        using var grouped = await application.Client.GetAsync("/ops/circuits%20and%20more");

        Assert.Equal(
            ["circuits/", "circuits/", "circuits%20and%20more/"],
            new[] { plain, based, grouped }.Select(response => response.Headers.Location?.ToString())
        );
        using var page = await application.Client.GetAsync("/base/circuits/");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task Every_response_has_the_headers_that_protect_it()
    {
        await using var application = await DashboardApplication.StartAsync(DashboardApplication.Open, new ScriptedFleet().Register);
        foreach (var (method, path) in Reads.Select(path => (HttpMethod.Get, path)).Concat(Actions.Select(path => (HttpMethod.Post, path))))
        {
            using var response = await application.SendAsync(method, path, user: null, method == HttpMethod.Post ? "{}" : null);
            foreach (var (name, value) in Protection)
            {
                Assert.Equal(
                    (path, name, value),
                    (path, name, response.Headers.TryGetValues(name, out var values) ? Assert.Single(values) : "")
                );
            }

            // nginx, and proxies that follow it, do not buffer what says so.
            Assert.Equal(path == "/api/events", response.Headers.Contains("X-Accel-Buffering"));
        }
    }

    [Fact]
    public async Task The_files_of_the_page_are_served_with_their_types()
    {
        await using var application = await DashboardApplication.StartAsync(DashboardApplication.Open);
        foreach (var (path, type) in new[] { ("/", "text/html"), ("/page.css", "text/css"), ("/page.js", "text/javascript") })
        {
            using var get = await application.SendAsync(HttpMethod.Get, path, user: null);
            using var head = await application.SendAsync(HttpMethod.Head, path, user: null);
            var content = await get.Content.ReadAsByteArrayAsync();

            Assert.Equal((type, "utf-8"), (get.Content.Headers.ContentType?.MediaType, get.Content.Headers.ContentType?.CharSet));
            Assert.Equal(content.Length, head.Content.Headers.ContentLength);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public void The_page_loads_only_its_own_files_and_creates_no_markup()
    {
        foreach (var file in PageFile.Assets.Append(PageFile.Index))
        {
            var text = Repository.Read($"src/Fluxgate.Polly.AspNetCore/Dashboard/Page/{file.Name}");
            Assert.DoesNotMatch(
                new Regex(
                    """innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|setAttribute\("(?:style|on)""",
                    RegexOptions.None,
                    TimeSpan.FromSeconds(5)
                ),
                text
            );
            Assert.DoesNotMatch(
                new Regex(
                    """(?:src|href|from|fetch\(|EventSource\()\s*=?\s*["'`](?:/|https?:)""",
                    RegexOptions.None,
                    TimeSpan.FromSeconds(5)
                ),
                text
            );
        }
    }
}
