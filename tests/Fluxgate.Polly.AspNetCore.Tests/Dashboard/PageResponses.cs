using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;

namespace Fluxgate;

public sealed class PageResponses
{
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
        await using var application = await DashboardApplication.StartAsync(DashboardApplication.Open);
        foreach (var path in new[] { "/", "/page.js", "/page.css", "/api/circuits", "/api/circuit?name=nobody", "/api/events" })
        {
            using var response = await application.SendAsync(HttpMethod.Get, path, user: null);

            Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
            Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
            Assert.Equal(["no-referrer"], response.Headers.GetValues("Referrer-Policy"));
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            Assert.StartsWith(
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';",
                policy,
                StringComparison.Ordinal
            );
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);

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
