using Microsoft.Playwright;

namespace Fluxgate;

public sealed class Accessibility(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly BreakerState[] States = Enum.GetValues<BreakerState>();

    [NeedsChromiumTheory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_no_violation(ColorScheme scheme)
    {
        await using var application = await StartAsync();
        await using var viewer = await chromium.OpenAsync(application, scheme: scheme);
        await viewer.IsLiveAsync();
        await Viewer.CountsAsync(viewer.Rows, States.Length + 1);

        await viewer.IsAccessibleAsync();
        await viewer.OpenCircuitAsync("payments");
        await Viewer.IsVisibleAsync(viewer.Page.Locator("#reason"));
        await viewer.IsAccessibleAsync();
    }

    [NeedsChromiumFact]
    public async Task A_narrow_window_needs_no_scrolling_to_the_side()
    {
        await using var application = await StartAsync();
        await using var viewer = await chromium.OpenAsync(application, width: 320, height: 640);
        await Viewer.CountsAsync(viewer.Rows, States.Length + 1);
        Assert.InRange(await WidthAsync(viewer), 1, 320);
        await viewer.IsAccessibleAsync();

        await viewer.OpenCircuitAsync("payments");
        await Viewer.IsVisibleAsync(viewer.Page.Locator("#reason"));
        Assert.InRange(await WidthAsync(viewer), 1, 320);
        await viewer.IsAccessibleAsync();
    }

    /// <summary>Starts an application with a circuit in each state, as members of a group or on its own.</summary>
    private static async Task<DashboardApplication> StartAsync()
    {
        var application = await DashboardApplication.StartAsync(settings: settings =>
            settings.Listeners.Add(new PrometheusListener(new PrometheusMetrics()))
        );
        application.Payments.Settle(application.Payments.Admit(), Verdict.Failure, TimeSpan.FromMilliseconds(20));
        application.Tenants.GetOrAdd("open").Trip("down");
        application.Tenants.GetOrAdd("probing").Probe("up again?");
        application.Tenants.GetOrAdd("forced").ForceOpen("maintenance");
        application.Tenants.GetOrAdd("counted").MetricsOnly("a trial");
        application.Tenants.GetOrAdd("disabled").Disable("not trusted");
        return application;
    }

    private static Task<int> WidthAsync(Viewer viewer) => viewer.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth");
}
