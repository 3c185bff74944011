using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Fluxgate;

/// <summary>The fleet on the page: three members in one process, one of which serves the page.</summary>
public sealed class FleetPage(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly Regex Confirmation = new("^Confirm", RegexOptions.None, TimeSpan.FromSeconds(1));

    [NeedsChromiumFact]
    public async Task A_circuit_is_forced_open_everywhere_after_a_dry_run_and_released()
    {
        await using var fleet = await FleetApplication.StartAsync(services: services => services.AddAntiforgery());
        await using var viewer = await OpenAsync(fleet);
        var requests = new System.Collections.Concurrent.ConcurrentQueue<string>();
        viewer.Page.Request += (_, request) => requests.Enqueue(request.Url);
        await Viewer.ShowsAsync(viewer.Part("status"), "Members live3");
        await Viewer.ShowsAsync(viewer.Part("status"), "eu-1a: 1, eu-1b: 2");

        await DryRunAsync(viewer, "force-open", "payments", "maintenance of the bank", "30m");
        await Viewer.ShowsAsync(Found(viewer), "It would touch 3 circuits in 3 of 3 live members.");
        await Viewer.ShowsAsync(Found(viewer), "No directives are in force now.");
        Assert.All(fleet.Payments, breaker => Assert.Equal(BreakerState.Closed, breaker.State));

        await Confirm(viewer).ClickAsync();
        await Viewer.ShowsAsync(Outcome(viewer), "Done: force open payments.");
        await fleet.UntilAllAsync(BreakerState.ForcedOpen);
        Assert.All(
            fleet.Payments,
            breaker => Assert.Contains("by operator: maintenance of the bank", breaker.Snapshot().Reason.Text, StringComparison.Ordinal)
        );
        await Viewer.ShowsAsync(viewer.Part("circuits"), "payments open in 3 of 3 3 forced open");
        await Viewer.ShowsAsync(viewer.Part("directives"), "force open payments, until ");
        await Viewer.ShowsAsync(viewer.Part("directives"), "By operator: maintenance of the bank");
        await viewer.Page.Locator("#audit > summary").ClickAsync();
        await Viewer.ShowsAsync(viewer.Page.Locator("#audit"), "operator: force open payments: maintenance of the bank");
        await viewer.Page.GetByRole(AriaRole.Link, new() { Name = "All circuits" }).ClickAsync();
        await Viewer.ShowsAsync(viewer.Cell("payments", "State"), "open in 3 of 3");

        await viewer.Page.GoBackAsync();
        await DryRunAsync(viewer, "release", "*", "done");
        await Viewer.ShowsAsync(Found(viewer), "In force now:");
        await Confirm(viewer).ClickAsync();
        await fleet.UntilAllAsync(BreakerState.HalfOpen);
        await Viewer.IsAsync(viewer.Part("directives"), "Directives in forceNone.");

        // Nobody looked at the members.
        Assert.Contains(requests, url => url.EndsWith("/api/fleet/audit", StringComparison.Ordinal));
        Assert.DoesNotContain(requests, url => url.Contains("/members", StringComparison.Ordinal));
    }

    [NeedsChromiumFact]
    public async Task An_order_needs_circuits_a_reason_and_a_dry_run_of_its_own()
    {
        await using var fleet = await FleetApplication.StartAsync();
        await using var viewer = await OpenAsync(fleet);

        await DryRunAsync(viewer, "force-open", " ", "why not");
        await Viewer.IsAsync(Outcome(viewer), "Name the circuits.");
        await DryRunAsync(viewer, "force-open", "payments", "why not", "soon");
        await Viewer.ShowsAsync(Outcome(viewer), "such as 30m");
        await DryRunAsync(viewer, "force-open", "payments", " ");
        await Viewer.IsAsync(Outcome(viewer), "A reason is required.");
        await Viewer.IsFocusedAsync(viewer.Page.Locator("#fleet-reason"));

        await DryRunAsync(viewer, "force-open", "payments", "why not");
        await Viewer.IsVisibleAsync(Confirm(viewer));
        await viewer.Page.Locator("#fleet-circuits").FillAsync("*");
        await Viewer.CountsAsync(Confirm(viewer), 0);
        Assert.Empty(fleet.Web.Log.Dashboard);
    }

    [NeedsChromiumFact]
    public async Task A_rejected_order_shows_the_current_directives()
    {
        await using var fleet = await FleetApplication.StartAsync();
        await using var viewer = await OpenAsync(fleet);
        viewer.Expected = "409";
        await DryRunAsync(viewer, "force-open", "payments", "too late");
        await Viewer.IsVisibleAsync(Confirm(viewer));
        await fleet.IssueAsync(FleetAction.Disable, by: "bob");

        await Confirm(viewer).ClickAsync();

        await Viewer.ShowsAsync(Outcome(viewer), "Somebody else has changed the directives");
        await Viewer.ShowsAsync(Found(viewer), "disable payments, until it is released. By bob: drill");
        await Viewer.CountsAsync(Confirm(viewer), 0);
        await fleet.UntilAllAsync(BreakerState.Disabled);
    }

    [NeedsChromiumFact]
    public async Task A_user_without_the_right_to_control_the_fleet_is_refused()
    {
        await using var fleet = await FleetApplication.StartAsync();
        await using var viewer = await OpenAsync(fleet, user: "staff");
        viewer.Expected = "403";
        await Viewer.ShowsAsync(viewer.Page.Locator("#fleet"), "You do not have the right to control circuits.");
        await Viewer.CountsAsync(viewer.Page.Locator("#fleet form"), 0);

        var status = await viewer.Page.EvaluateAsync<int>(
            """
            async () => (await fetch("api/fleet/directives", {
              method: "POST", headers: { "Content-Type": "application/json" },
              body: '{"action":"force-open","circuits":"*","reason":"anyway"}' })).status
            """
        );

        Assert.Equal(403, status);
        Assert.Empty((await fleet.Control.ReadAsync()).All);
    }

    [NeedsChromiumFact]
    public async Task The_page_says_that_the_store_has_failed()
    {
        await using var fleet = await FleetApplication.StartAsync();
        await fleet.IssueAsync(FleetAction.ForceOpen);
        await fleet.UntilAllAsync(BreakerState.ForcedOpen);
        await using var viewer = await OpenAsync(fleet);
        viewer.Expected = "503";
        await Viewer.ShowsAsync(viewer.Part("directives"), "force open payments");

        fleet.Store.Before = _ => throw new IOException("the connection is closed");
        await Viewer.ShowsAsync(viewer.Part("status"), "not connected since ");
        await Viewer.ShowsAsync(viewer.Part("status"), "the connection is closed");
        await Viewer.ShowsAsync(viewer.Page.Locator("#fleet-link"), "Fleet shop: not connected");
        await Viewer.ShowsAsync(viewer.Part("directives"), "force open payments");
        await DryRunAsync(viewer, "release", "*", "try it");
        await Viewer.ShowsAsync(Outcome(viewer), "The breakers decide alone");
        await Viewer.CountsAsync(Confirm(viewer), 0);
        await viewer.Page.Locator("#members > summary").ClickAsync();
        await Viewer.ShowsAsync(viewer.Page.Locator("#members"), "the connection is closed");

        fleet.Store.Before = null;
        await Viewer.ShowsAsync(viewer.Part("status"), "Storeconnected");
        await Viewer.ShowsAsync(viewer.Page.Locator("#members"), "member 2 (zone eu-1b): 1 forced open");
    }

    [NeedsChromiumFact]
    public async Task Members_show_their_circuits_and_who_looks_is_not_disturbed()
    {
        await using var fleet = await FleetApplication.StartAsync();
        fleet.Payments.ElementAt(1).Trip("its network is down");
        await fleet.UntilAsync(() => fleet.View.Summary?.Circuits[0].MembersIn(BreakerState.Open) == 1, "the open circuit");
        await using var viewer = await OpenAsync(fleet, width: 1000, height: 900);
        await viewer.Page.Locator("#members > summary").ClickAsync();
        var member = viewer.Page.Locator("#members [data-id='member 1']");

        await Viewer.ShowsAsync(member, "member 1 (zone eu-1b): 1 open, 1 closed");
        await viewer.Page.Keyboard.PressAsync("Tab");
        await viewer.Page.Keyboard.PressAsync("Enter");
        await Viewer.ShowsAsync(member, "payments open: its network is down");
        fleet.Payments.ElementAt(1).Disable("taken out");
        await Viewer.ShowsAsync(member, "payments disabled: taken out");
        await Viewer.IsFocusedAsync(member.Locator("summary"));
        fleet.Payments.ElementAt(2).Trip("the bank is down");
        await Viewer.ShowsAsync(viewer.Part("circuits"), "payments open in 1 of 3 1 open, 1 disabled, 1 closed");
        await DryRunAsync(viewer, "force-open", "payments", "maintenance of the bank", "30m");
        await Viewer.IsVisibleAsync(Confirm(viewer));
        await Pictures.TakeAsync(viewer, "dashboard-fleet");
    }

    [NeedsChromiumTheory]
    [InlineData(ColorScheme.Light, 1000)]
    [InlineData(ColorScheme.Dark, 320)]
    public async Task Axe_finds_no_violation_and_a_narrow_window_is_enough(ColorScheme scheme, int width)
    {
        await using var fleet = await FleetApplication.StartAsync();
        await fleet.IssueAsync(FleetAction.ForceOpen);
        await fleet.UntilAllAsync(BreakerState.ForcedOpen);
        await using var viewer = await OpenAsync(fleet, scheme: scheme, width: width);
        await Viewer.ShowsAsync(viewer.Part("circuits"), "open in 3 of 3");
        foreach (var part in new[] { "#audit", "#members" })
        {
            await viewer.Page.Locator($"{part} > summary").ClickAsync();
        }

        await Viewer.ShowsAsync(viewer.Page.Locator("#audit"), "ann");
        await viewer.Page.Locator("#members [data-id='web'] summary").ClickAsync();
        await Viewer.ShowsAsync(viewer.Page.Locator("#members [data-id='web']"), "payments forced open");
        await DryRunAsync(viewer, "metrics-only", "tenants/*", "a trial");
        await Viewer.IsVisibleAsync(Confirm(viewer));

        await viewer.IsAccessibleAsync();
        Assert.InRange(await viewer.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"), 1, width);
    }

    [NeedsChromiumFact]
    public async Task The_fleet_can_be_steered_by_keyboard()
    {
        await using var fleet = await FleetApplication.StartAsync(others: 1);
        await using var viewer = await OpenAsync(fleet);
        var keys = viewer.Page.Keyboard;
        await Viewer.IsFocusedAsync(viewer.Page.Locator("#title"));

        // The link that skips the header stays in the view.
        await viewer.Page.Locator(".skip").FocusAsync();
        await keys.PressAsync("Enter");
        await Viewer.IsVisibleAsync(viewer.Page.Locator("#fleet"));
        await viewer.Page.Locator("#fleet-action").FocusAsync();
        await keys.TypeAsync("disable");
        await keys.PressAsync("Tab");
        await keys.TypeAsync("payments");
        for (var presses = 0; presses < 4; presses++)
        {
            await keys.PressAsync("Tab");
        }

        await keys.TypeAsync("no mouse");
        await keys.PressAsync("Enter");
        await Viewer.ShowsAsync(Confirm(viewer), "Confirm: disable payments");
        await keys.PressAsync("Tab");
        await keys.PressAsync("Tab");
        await Viewer.IsFocusedAsync(Confirm(viewer));
        await keys.PressAsync("Enter");
        await Viewer.ShowsAsync(Outcome(viewer), "Done: disable payments.");
        await fleet.UntilAllAsync(BreakerState.Disabled);
    }

    [NeedsChromiumFact]
    public async Task Names_and_reasons_of_the_fleet_are_shown_as_text()
    {
        const string text = "<b onclick=alert(1)>مدفوعات</b><img src=x onerror=alert(2)> 🔥 \"quoted\" &amp;";
        await using var fleet = await FleetApplication.StartAsync(others: 0, name: text);
        await fleet.AddAsync(text, text, text);
        fleet.Web.Tenants.GetOrAdd(text).ForceOpen(text);
        await using var viewer = await OpenAsync(fleet);

        await Viewer.IsAsync(viewer.Page.Locator("#title"), $"Fleet {text}");
        await Viewer.ShowsAsync(viewer.Part("circuits"), $"tenants/{text}");
        await Viewer.ShowsAsync(viewer.Part("status"), $"{text}: 1");
        await viewer.Page.Locator("#members > summary").ClickAsync();
        await Viewer.ShowsAsync(viewer.Page.Locator("#members"), $"{text} (zone {text})");
        await viewer.Page.Locator("#members [data-id='web'] summary").ClickAsync();
        await Viewer.ShowsAsync(viewer.Page.Locator("#members"), $"tenants/{text} forced open: {text}");
        await DryRunAsync(viewer, "disable", $"tenants/{text}", text);
        await Viewer.ShowsAsync(Found(viewer), $"tenants/{text}");
        await Confirm(viewer).ClickAsync();
        await Viewer.ShowsAsync(viewer.Part("directives"), $"By operator: {text}");
        await Viewer.CountsAsync(viewer.Page.Locator("main b, main img"), 0);
    }

    [NeedsChromiumFact]
    public async Task Without_a_fleet_nothing_of_it_is_shown()
    {
        await using var application = await DashboardApplication.StartAsync();
        await using var viewer = await chromium.OpenAsync(application);
        await viewer.IsLiveAsync();

        Assert.False(await viewer.Page.Locator("#fleet-link").IsVisibleAsync());
        await Viewer.CountsAsync(viewer.Page.Locator(".badge"), 0);
        await viewer.Page.GotoAsync("/circuits/#fleet");
        await Viewer.ShowsAsync(viewer.Page.Locator("#fleet"), "This application belongs to no fleet.");
    }

    private async Task<Viewer> OpenAsync(
        FleetApplication fleet,
        string user = "operator",
        ColorScheme scheme = ColorScheme.Light,
        int width = 1000,
        int height = 800
    )
    {
        var viewer = await chromium.OpenAsync(fleet.Web, user, scheme: scheme, width: width, height: height);
        await viewer.Page.Locator("#fleet-link").ClickAsync();
        await Viewer.IsVisibleAsync(viewer.Part("status"));
        return viewer;
    }

    private static async Task DryRunAsync(Viewer viewer, string action, string circuits, string reason, string duration = "")
    {
        await viewer.Page.Locator("#fleet-action").SelectOptionAsync(action);
        await viewer.Page.Locator("#fleet-circuits").FillAsync(circuits);
        await viewer.Page.Locator("#fleet-reason").FillAsync(reason);
        await viewer.Page.Locator("#fleet-duration").FillAsync(duration);
        await viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Dry run" }).ClickAsync();
    }

    private static ILocator Confirm(Viewer viewer) => viewer.Page.GetByRole(AriaRole.Button, new() { NameRegex = Confirmation });

    private static ILocator Found(Viewer viewer) => viewer.Page.Locator("#fleet form [role=status]");

    private static ILocator Outcome(Viewer viewer) => viewer.Page.Locator("#fleet-outcome");
}
