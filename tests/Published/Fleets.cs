using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>Breakers of a fleet.</summary>
internal static class Fleets
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static async Task ObeyADirective()
    {
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>(StringComparer.Ordinal)
                {
                    ["Name"] = "shop",
                    ["Interval"] = "100ms",
                    ["Include:0"] = "payments",
                }
            )
            .Build();
        var services = new ServiceCollection().AddLogging();
        var moved = new TaskCompletionSource<Signal>(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = Listener.From(signal => moved.TrySetResult(signal));
        services.AddFluxgate().AddBreaker("payments", settings => settings.Listeners.Add(listener));
        services.AddFluxgateFleet(section, fleet => fleet.UseInMemory(new InMemoryFleetStore()));
        await using var provider = services.BuildServiceProvider();

        var control = provider.GetRequiredService<IFleetControl>();
        var result = await control.IssueAsync(
            new(FleetAction.ForceOpen)
            {
                Circuits = "pay*",
                Reason = "drill",
                By = "ann",
            }
        );
        var signal = await moved.Task.WaitAsync(Deadline);

        Check.That(result.IsAccepted, "a directive is issued");
        Check.Equal(BreakerState.ForcedOpen, signal.NewState, "a member obeys a directive");
        Check.Equal(ReasonKind.Fleet, signal.Reason.Kind, "the reason says that it was the fleet");
        Check.Equal("ann", (await control.ReadAuditAsync())[0].By, "the audit says who it was");
        Check.Equal(1, (await provider.GetRequiredService<IFleetView>().ReadAsync()).Members.Count, "the view shows the member");
    }
}
