using System.Diagnostics;

namespace Fluxgate;

public sealed class ListenerContexts
{
    private static readonly AsyncLocal<string?> Ambient = new();

    [Fact]
    public void Values_and_activities_of_a_listener_do_not_reach_the_calling_code()
    {
        var seen = new List<string?>();
        var world = new World(new() { Listeners = { new Leaking(seen) } });
        Ambient.Value = "of the caller";

        world.Breaker.Trip();

        Assert.Equal(("of the caller", null), (Ambient.Value, Activity.Current));
        Assert.Equal([null, "of the caller"], seen);
        world.Breaker.Dispose();
        Assert.Equal(("of the caller", null), (Ambient.Value, Activity.Current));
    }

    [Fact]
    public void Listener_values_do_not_reach_code_with_a_suppressed_context_flow()
    {
        var seen = new List<string?>();
        var world = new World(new() { Listeners = { new Leaking(seen) } });
        Ambient.Value = "of the caller";

        bool isSuppressed;
        using (ExecutionContext.SuppressFlow())
        {
            world.Breaker.Trip();
            isSuppressed = ExecutionContext.IsFlowSuppressed();
        }

        Assert.True(isSuppressed);
        Assert.Equal(("of the caller", null), (Ambient.Value, Activity.Current));
    }

    private sealed class Leaking(List<string?> seen) : ICircuitListener
    {
        public void OnAttached(FluxgateBreaker breaker) => Leak();

        public void OnSignal(Signal signal) => Leak();

        public void OnDetached(FluxgateBreaker breaker)
        {
            Ambient.Value = "of the listener";
            new Activity("detached").Start();
        }

        private void Leak()
        {
            seen.Add(Ambient.Value);
            Ambient.Value = "of the listener";
            new Activity("listener").Start();
        }
    }
}
