using Fluxgate;

namespace FleetSample;

/// <summary>One process of the service: a circuit breaker that is a member of the fleet, and callers.</summary>
internal static class Instance
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(250);

    public static async Task<int> RunAsync(string number, string redis, Uri dependency)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        builder
            .Services.AddFluxgate()
            .AddBreaker(
                "payments",
                settings =>
                {
                    settings.Window = Window.Time(TimeSpan.FromSeconds(2));
                    settings.Tripper = Tripper.MinRequests(20) & Tripper.FailureRate(0.5);
                    settings.BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(1), jitter: 0.2);
                    settings.Permit = Permit.RampUp(0.2, 1, TimeSpan.FromSeconds(1));
                    settings.Recovery = Recovery.AfterProbes(10);
                }
            );
        builder.Services.AddFluxgateFleet(fleet =>
        {
            fleet.Name = "shop";
            fleet.MemberId = $"shop-{number}";
            fleet.Include("payments");
            fleet.UseRedis(redis);
        });

        await using var app = builder.Build();
        app.MapFluxgateDashboard("/circuits", options => options.AllowAnonymous = true);
        await app.StartAsync();

        using var stopping = new CancellationTokenSource();
        var callers = new Callers(app.Services.GetRequiredService<FluxgateBreakers>()["payments"], dependency, number);
        var calling = callers.RunAsync(stopping.Token);
        var reporting = ReportAsync(app, callers, stopping.Token);

        // It ends when its standard input does, so that no instance outlives the demonstration.
        while (await Console.In.ReadLineAsync() is { } command)
        {
            Write(app, callers, await Operator.ExecuteAsync(app.Services.GetRequiredService<IFleetControl>(), command));
        }

        await stopping.CancelAsync();
        await Task.WhenAll(calling, reporting);
        Write(app, callers);
        await app.StopAsync();
        return 0;
    }

    private static async Task ReportAsync(WebApplication app, Callers callers, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(ReportEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                Write(app, callers);
            }
        }
        catch (OperationCanceledException)
        {
            // The instance ends.
        }
    }

    private static void Write(WebApplication app, Callers callers, string? response = null)
    {
        var view = app.Services.GetRequiredService<IFleetView>();
        var snapshot = callers.Breaker.Snapshot();
        var circuit = view.Summary?.Circuits.FirstOrDefault(one => one.Name == "payments");
        Console.WriteLine(
            new Report
            {
                State = snapshot.State.ToLabel(),
                Reason = snapshot.Reason.Text,
                Calls = callers.Counts,
                CountedByBreaker = snapshot.Successes + snapshot.Failures + snapshot.Rejected,
                IsConnected = view.Status.IsConnected,
                IsLeader = view.Status.IsLeader,
                Members = view.Summary?.Members ?? 0,
                MembersOpen = (circuit?.MembersIn(BreakerState.Open) ?? 0) + (circuit?.MembersIn(BreakerState.ForcedOpen) ?? 0),
                Directives =
                [
                    .. view
                        .Directives.Where(directive => directive.Action is not (FleetAction.Release or FleetAction.Reset))
                        .Select(directive => directive.ToString()!),
                ],
                Page = $"{app.Urls.First()}/circuits",
                Response = response,
            }.ToJson()
        );
    }
}
