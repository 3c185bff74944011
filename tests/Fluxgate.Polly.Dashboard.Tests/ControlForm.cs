using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Fluxgate;

public sealed class ControlForm(Chromium chromium) : IClassFixture<Chromium>
{
    [NeedsChromiumTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_circuit_is_forced_open_and_reset_with_a_reason(bool withAntiforgery)
    {
        await using var application = await DashboardApplication.StartAsync(services: services =>
            _ = withAntiforgery ? services.AddAntiforgery() : services
        );
        await using var viewer = await chromium.OpenAsync(application);
        await viewer.OpenCircuitAsync("payments");

        await ActAsync(viewer, "force open", "maintenance until noon");
        await Viewer.ShowsAsync(viewer.Page.Locator("#outcome"), "Done. The circuit is forced open.");
        await Viewer.ShowsAsync(viewer.Part("state"), "by operator: maintenance until noon");
        Assert.Equal(BreakerState.ForcedOpen, application.Payments.State);

        await ActAsync(viewer, "reset", "done");
        await Viewer.ShowsAsync(viewer.Part("state"), "by operator: done");
        await Viewer.ShowsAsync(viewer.Part("transitions"), "forced open → closed: by operator: done");
        Assert.Equal(BreakerState.Closed, application.Payments.State);
        Assert.Equal(2, application.Log.Dashboard.Count(line => line.StartsWith("CircuitControlled: operator", StringComparison.Ordinal)));
    }

    [NeedsChromiumFact]
    public async Task Nothing_happens_without_a_reason()
    {
        await using var application = await DashboardApplication.StartAsync();
        await using var viewer = await chromium.OpenAsync(application);
        await viewer.OpenCircuitAsync("payments");

        await ActAsync(viewer, "trip", "   ");

        await Viewer.IsAsync(viewer.Page.GetByRole(AriaRole.Alert), "A reason is required.");
        await Viewer.IsFocusedAsync(viewer.Page.Locator("#reason"));
        Assert.Equal("true", await viewer.Page.Locator("#reason").GetAttributeAsync("aria-invalid"));
        Assert.Equal(BreakerState.Closed, application.Payments.State);
        Assert.Empty(application.Log.Dashboard);
    }

    [NeedsChromiumFact]
    public async Task A_user_without_the_right_to_control_is_refused()
    {
        await using var application = await DashboardApplication.StartAsync();
        await using var viewer = await chromium.OpenAsync(application, user: "staff");
        viewer.Expected = "403";
        await viewer.OpenCircuitAsync("payments");
        await Viewer.ShowsAsync(viewer.Page.Locator("#detail"), "You do not have the right to control circuits.");
        await Viewer.CountsAsync(viewer.Page.Locator("#reason"), 0);

        var status = await viewer.Page.EvaluateAsync<int>(
            """
            async () => (await fetch("api/circuit/trip?name=payments", {
              method: "POST", headers: { "Content-Type": "application/json" }, body: '{"reason":"anyway"}' })).status
            """
        );

        Assert.Equal(403, status);
        Assert.Equal(BreakerState.Closed, application.Payments.State);
    }

    [NeedsChromiumFact]
    public async Task A_right_that_was_lost_meanwhile_is_reported()
    {
        await using var application = await DashboardApplication.StartAsync();
        await using var viewer = await chromium.OpenAsync(application);
        viewer.Expected = "403";
        await viewer.OpenCircuitAsync("payments");
        await viewer.Page.Context.ClearCookiesAsync();
        await viewer.Page.Context.AddCookiesAsync([
            new()
            {
                Name = TestUsers.Cookie,
                Value = "staff",
                Url = application.Client.BaseAddress!.ToString(),
            },
        ]);

        await ActAsync(viewer, "trip", "too late");

        await Viewer.IsAsync(viewer.Page.Locator("#outcome"), "You do not have the right to control circuits.");
        Assert.Equal(BreakerState.Closed, application.Payments.State);
    }

    [NeedsChromiumFact]
    public async Task Everything_can_be_done_by_keyboard()
    {
        await using var application = await DashboardApplication.StartAsync();
        await using var viewer = await chromium.OpenAsync(application);
        await viewer.IsLiveAsync();
        var keys = viewer.Page.Keyboard;

        await TabToAsync(viewer, "#search");
        await keys.TypeAsync("paym");
        await Viewer.CountsAsync(viewer.Rows, 1);
        await TabToAsync(viewer, "#rows a");
        await keys.PressAsync("Enter");
        await Viewer.IsFocusedAsync(viewer.Page.Locator("#title"));
        await Viewer.IsVisibleAsync(viewer.Page.Locator("#reason"));
        await TabToAsync(viewer, "#reason");
        await keys.TypeAsync("no mouse");
        await keys.PressAsync("Enter");
        await Viewer.IsAsync(viewer.Page.Locator("#outcome"), "Choose an action.");
        Assert.Equal(BreakerState.Closed, application.Payments.State);
        await TabToAsync(viewer, "button[value=force-open]");
        await keys.PressAsync("Enter");
        await Viewer.ShowsAsync(viewer.Part("state"), "by operator: no mouse");
        await TabToAsync(viewer, "#detail a[href='#']", "Shift+Tab");
        await keys.PressAsync("Enter");
        await Viewer.IsAsync(viewer.Cell("payments", "State"), "forced open");
    }

    private static async Task ActAsync(Viewer viewer, string action, string reason)
    {
        await viewer.Page.Locator("#reason").FillAsync(reason);
        await viewer.Page.GetByRole(AriaRole.Button, new() { Name = action, Exact = true }).ClickAsync();
    }

    /// <summary>Presses Tab until an element has the focus, which has to be visible.</summary>
    private static async Task TabToAsync(Viewer viewer, string selector, string key = "Tab")
    {
        for (var presses = 0; presses < 40; presses++)
        {
            await viewer.Page.Keyboard.PressAsync(key);
            if (await viewer.Page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector))
            {
                Assert.NotEqual(
                    "none",
                    await viewer.Page.EvaluateAsync<string>("() => getComputedStyle(document.activeElement).outlineStyle")
                );
                return;
            }
        }

        Assert.Fail($"{selector} is not reached with Tab.");
    }
}
