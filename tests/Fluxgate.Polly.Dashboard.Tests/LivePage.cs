using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Fluxgate;

public sealed class LivePage(Chromium chromium) : IClassFixture<Chromium>
{
    [NeedsChromiumFact]
    public async Task An_outage_is_shown_as_it_happens()
    {
        await using var application = await DashboardApplication.StartAsync(settings: settings =>
        {
            settings.Tripper = Tripper.FailureStreak(3);
            settings.Permit = Permit.All;
            settings.Recovery = Recovery.AfterProbes(2);
        });
        await using var viewer = await chromium.OpenAsync(application);
        await viewer.IsLiveAsync();
        await Viewer.IsAsync(viewer.Cell("payments", "State"), "closed");

        Call(application.Payments, Verdict.Failure, 2);
        await Viewer.IsAsync(viewer.Cell("payments", "To opening"), "66.7%");
        Call(application.Payments, Verdict.Failure);
        await Viewer.IsAsync(viewer.Cell("payments", "State"), "open");
        await Viewer.IsAsync(viewer.Cell("payments", "Reason"), "FailureStreak 3 >= 3");
        await Viewer.ShowsAsync(viewer.Cell("payments", "Next probe"), "in ");
        await Viewer.ShowsAsync(viewer.Page.Locator("#announcements"), "payments is now open: FailureStreak 3 >= 3");
        await Viewer.ShowsAsync(viewer.Rows.First, "payments");
        await Viewer.CountsAsync(viewer.Row("payments").Locator(".mark.bad"), 1);
        Assert.Equal("(1) Circuits", await viewer.Page.TitleAsync());

        application.Payments.TryAdmit(out _);
        await Viewer.ShowsAsync(viewer.Cell("payments", "Rejected"), "1");
        application.Payments.Probe("let us see");
        Call(application.Payments, Verdict.Success, 2);
        await Viewer.IsAsync(viewer.Cell("payments", "State"), "closed");
        await Viewer.IsAsync(viewer.Cell("payments", "Reason"), "2 of 2 probes succeeded");
    }

    [NeedsChromiumFact]
    public async Task A_circuit_is_shown_leaf_by_leaf()
    {
        await using var application = await DashboardApplication.StartAsync(settings: settings =>
        {
            settings.Tripper =
                Tripper.MinRequests(10)
                & (Tripper.FailureRate(0.5) | Tripper.SlowRate(0.4, TimeSpan.FromSeconds(1)) | Tripper.MinRequests(500));
            settings.Listeners.Add(new PrometheusListener(new PrometheusMetrics()));
        });
        application.Payments.Settle(application.Payments.Admit(), Verdict.Failure, TimeSpan.FromMilliseconds(20));
        await using var viewer = await chromium.OpenAsync(application);
        await viewer.OpenCircuitAsync("payments");

        await Viewer.IsFocusedAsync(viewer.Page.Locator("#title"));
        await Viewer.ShowsAsync(viewer.Part("rule"), "MinRequests 1 < 10");
        await Viewer.ShowsAsync(viewer.Part("rule"), "FailureRate 100% >= 50% (1 of 1)");
        await Viewer.CountsAsync(viewer.Part("rule").Locator("svg.bar"), 4);
        await Viewer.ShowsAsync(viewer.Part("window"), "Failures in a row1");
        await Viewer.ShowsAsync(viewer.Part("settings"), "WindowCount(100)");
        await Viewer.ShowsAsync(viewer.Part("settings"), "Warning: ");
        await Viewer.CountsAsync(viewer.Part("durations").Locator("svg.histogram"), 1);
        application.Payments.Probe("by a test");
        await Viewer.ShowsAsync(viewer.Part("transitions"), "closed → half open: by a test");
        await Viewer.ShowsAsync(viewer.Part("probes"), "Lease of each30s");

        await viewer.Page.GetByRole(AriaRole.Link, new() { Name = "All circuits" }).ClickAsync();
        await Viewer.IsAsync(viewer.Cell("payments", "State"), "half open");
    }

    [NeedsChromiumFact]
    public async Task The_pictures_of_the_documentation_show_an_outage()
    {
        await using var application = await DashboardApplication.StartAsync(
            services: services => services.AddFluxgate().AddBreaker("cards").AddBreaker("fraud").AddBreaker("stock"),
            settings: settings =>
            {
                settings.Window = Window.Time(TimeSpan.FromSeconds(60));
                settings.Tripper =
                    Tripper.FailureStreak(20)
                    | (Tripper.MinRequests(40) & (Tripper.FailureRate(0.5) | Tripper.SlowRate(0.3, TimeSpan.FromSeconds(1))));
                settings.Listeners.Add(new PrometheusListener(new PrometheusMetrics()));
            }
        );
        foreach (var key in new[] { "acme", "globex", "initech" })
        {
            application.Tenants.GetOrAdd(key);
        }

        await using var viewer = await chromium.OpenAsync(application, width: 1400, height: 440);
        await viewer.IsLiveAsync();
        application.Tenants.GetOrAdd("globex").Trip("FailureRate 62% >= 50% (31 of 50) & MinRequests 50 >= 20");
        application.Breakers["fraud"].ForceOpen("by alice: maintenance until noon");
        application.Breakers["stock"].Probe("the break of 30s is over");
        var random = new Random(1);
        for (var second = 0; second < (Pictures.AreWanted ? 20 : 1); second++)
        {
            for (var call = 0; call < 40 + random.Next(20); call++)
            {
                var verdict = random.Next(100) < 12 ? Verdict.Failure : Verdict.Success;
                application.Payments.Settle(
                    application.Payments.Admit(),
                    verdict,
                    TimeSpan.FromMilliseconds(Math.Exp(random.NextDouble() * 7))
                );
                application.Breakers["cards"].Admit().Settle(Verdict.Success);
                application.Breakers["fraud"].TryAdmit(out _);
            }

            var frame = await application.Feed.NextAsync(0, default);
            await application.Feed.NextAsync(frame.Number, default).WaitAsync(TimeSpan.FromSeconds(30));
        }

        await Viewer.IsAsync(viewer.Cell("globex", "State"), "open");
        await Viewer.CountsAsync(viewer.Row("fraud").Locator(".rejected").First, 1);
        await Pictures.TakeAsync(viewer, "dashboard");
        await viewer.Page.SetViewportSizeAsync(1000, 860);
        await viewer.OpenCircuitAsync("payments");
        await Viewer.ShowsAsync(viewer.Part("rule"), "FailureStreak");
        await Viewer.CountsAsync(viewer.Part("durations").Locator("svg"), 1);
        await Pictures.TakeAsync(viewer, "dashboard-circuit");
    }

    [NeedsChromiumFact]
    public async Task A_rule_is_previewed_before_it_is_applied()
    {
        await using var application = await DashboardApplication.StartAsync();
        Call(application.Payments, Verdict.Failure);
        await using var viewer = await chromium.OpenAsync(application, user: "staff");
        await viewer.OpenCircuitAsync("payments");
        var (rule, outcome) = (viewer.Page.Locator("#rule"), viewer.Page.Locator("form.preview [role=status]"));
        Assert.Equal("MinRequests(100) & FailureRate(50%)", await rule.InputValueAsync());

        viewer.Expected = "400";
        await rule.FillAsync("FailureStrek(1)");
        await viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await Viewer.ShowsAsync(outcome, "FailureStreak");
        await rule.FillAsync("FailureStreak(1)");
        await viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await Viewer.ShowsAsync(outcome, "It would fire now.");
        await Viewer.ShowsAsync(outcome, "FailureStreak 1 >= 1");
        Assert.Equal(BreakerState.Closed, application.Payments.State);
    }

    [NeedsChromiumFact]
    public async Task A_thousand_circuits_can_be_searched_and_sorted()
    {
        await using var application = await DashboardApplication.StartAsync(services: services =>
        {
            var fluxgate = services.AddFluxgate();
            for (var number = 0; number < 999; number++)
            {
                fluxgate.AddBreaker($"circuit {number.ToString("000", CultureInfo.InvariantCulture)}");
            }
        });
        application.Breakers["circuit 777"].ForceOpen("maintenance");
        await using var viewer = await chromium.OpenAsync(application);

        await Viewer.IsAsync(viewer.Page.Locator("#count"), "100 of 1,001 shown");
        await Viewer.ShowsAsync(viewer.Rows.First, "circuit 777");
        await Viewer.CountsAsync(viewer.Rows, 100);
        await viewer.Page.Locator("#more").ClickAsync();
        await Viewer.CountsAsync(viewer.Rows, 200);
        await viewer.Page.Locator("#search").FillAsync("CIRCUIT 12");
        await Viewer.CountsAsync(viewer.Rows, 20);
        await viewer.Page.Locator("#search").FillAsync("maint");
        await Viewer.CountsAsync(viewer.Rows, 1);
        await viewer.Page.Locator("#search").FillAsync("");
        await viewer.Page.Locator("#only").SelectOptionAsync("troubled");
        await Viewer.CountsAsync(viewer.Rows, 1);
        await viewer.Page.Locator("#only").SelectOptionAsync("all");
        await viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Circuit", Exact = true }).ClickAsync();
        await Viewer.ShowsAsync(viewer.Rows.First, "circuit 000");
        await viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Circuit", Exact = true }).ClickAsync();
        await Viewer.ShowsAsync(viewer.Rows.First, "tenants");
        Assert.Equal("descending", await viewer.Page.Locator("#columns th").First.GetAttributeAsync("aria-sort"));
    }

    [NeedsChromiumFact]
    public async Task A_group_is_shown_with_its_worst_circuits()
    {
        await using var application = await DashboardApplication.StartAsync();
        for (var key = 0; key < 20; key++)
        {
            application.Tenants.GetOrAdd($"tenant {key}");
        }

        application.Tenants.GetOrAdd("tenant 7").Trip("its host is down");
        await using var viewer = await chromium.OpenAsync(application);

        await Viewer.IsAsync(viewer.Cell("tenants", "State"), "open");
        await Viewer.IsAsync(viewer.Cell("tenants", "Reason"), "1 of 20 circuits are not closed (19 closed, 1 open)");
        await Viewer.IsAsync(viewer.Cell("tenant 7", "Reason"), "its host is down");
        await viewer.OpenCircuitAsync("tenant 7");
        await Viewer.IsAsync(viewer.Page.Locator("#title"), "tenants / tenant 7");
        await viewer.Page.GoBackAsync();
        await viewer.OpenCircuitAsync("tenants");
        await Viewer.ShowsAsync(viewer.Part("worst"), "tenant 7 open: its host is down");
        await Viewer.ShowsAsync(viewer.Part("worst"), "shared circuit closed");
    }

    [NeedsChromiumTheory]
    [InlineData("<b onclick=alert(1)>bold</b><img src=x onerror=alert(2)>")]
    [InlineData("مدفوعات البطاقة")]
    [InlineData("a 🔥👩‍👩‍👧 \"quoted\" 'and' &amp; %2F/?#")]
    public async Task Names_and_reasons_are_shown_as_text(string text)
    {
        await using var application = await DashboardApplication.StartAsync(services: services => services.AddFluxgate().AddBreaker(text));
        application.Breakers[text].ForceOpen(text);
        application.Tenants.GetOrAdd(text).ForceOpen(text);
        await using var viewer = await chromium.OpenAsync(application);
        var own = viewer.Page.Locator("#rows tr[data-id^='circuit:']").Filter(new() { HasText = text });

        await Viewer.IsAsync(own.Locator("[data-label='Reason']"), text);
        await own.GetByRole(AriaRole.Link).ClickAsync();
        await Viewer.IsAsync(viewer.Page.Locator("#title"), text);
        await Viewer.ShowsAsync(viewer.Part("state"), text);
        await viewer.Page.GoBackAsync();
        await viewer.Page.Locator("#rows tr.member").GetByRole(AriaRole.Link).ClickAsync();
        await Viewer.IsAsync(viewer.Page.Locator("#title"), $"tenants / {text}");
        await Viewer.CountsAsync(viewer.Page.Locator("main b, main img"), 0);
    }

    [NeedsChromiumFact]
    public async Task Two_viewers_see_the_same()
    {
        await using var application = await DashboardApplication.StartAsync();
        await using var one = await chromium.OpenAsync(application);
        await using var other = await chromium.OpenAsync(application, user: "staff");
        await one.IsLiveAsync();
        await other.IsLiveAsync();
        Assert.Equal(2, application.Feed.Viewers);

        application.Payments.Trip("seen by both");

        await Viewer.IsAsync(one.Cell("payments", "Reason"), "seen by both");
        await Viewer.IsAsync(other.Cell("payments", "Reason"), "seen by both");
    }

    [NeedsChromiumFact]
    public async Task A_paused_page_stands_still()
    {
        await using var application = await DashboardApplication.StartAsync();
        await using var viewer = await chromium.OpenAsync(application);
        await viewer.IsLiveAsync();
        await viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Viewer.IsAsync(viewer.Connection, "Paused");

        application.Payments.Trip("not seen yet");
        await using var witness = await chromium.OpenAsync(application);
        await Viewer.IsAsync(witness.Cell("payments", "State"), "open");
        var frame = await application.Feed.NextAsync(0, default);
        await application.Feed.NextAsync(frame.Number + 1, default).WaitAsync(TimeSpan.FromSeconds(30));
        await Viewer.IsAsync(viewer.Cell("payments", "State"), "closed");

        await viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Viewer.IsAsync(viewer.Cell("payments", "State"), "open");
    }

    [NeedsChromiumFact]
    public async Task The_page_recovers_after_the_server_restarts_and_says_so()
    {
        var application = await DashboardApplication.StartAsync();
        await using var viewer = await chromium.OpenAsync(application);
        viewer.Expected = "ERR_";
        await viewer.IsLiveAsync();
        var url = application.Client.BaseAddress!.ToString().TrimEnd('/');

        await application.DisposeAsync();
        await Viewer.ShowsAsync(viewer.Connection, "Connection lost");
        await using var restarted = await DashboardApplication.StartAsync(url: url);
        restarted.Payments.Disable("after the restart");

        await Viewer.ShowsAsync(viewer.Connection, "the server was restarted");
        await Viewer.IsAsync(viewer.Cell("payments", "Reason"), "after the restart");
    }

    [NeedsChromiumFact]
    public async Task The_page_works_behind_a_path_base()
    {
        await using var application = await DashboardApplication.StartAsync(map: app =>
            app.UsePathBase("/behind/a proxy").UseAuthentication().UseAuthorization()
        );
        await using var viewer = await chromium.OpenAsync(application, path: "/behind/a%20proxy/circuits");

        await viewer.IsLiveAsync();
        await viewer.OpenCircuitAsync("payments");
        Assert.EndsWith("/behind/a%20proxy/circuits/#name=payments", viewer.Page.Url, StringComparison.Ordinal);
    }

    private static void Call(FluxgateBreaker breaker, Verdict verdict, int calls = 1)
    {
        for (var i = 0; i < calls; i++)
        {
            breaker.Admit().Settle(verdict);
        }
    }
}
