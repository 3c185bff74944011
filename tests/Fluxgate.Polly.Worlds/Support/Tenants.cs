namespace Fluxgate.Worlds;

/// <summary>A group on a manual clock, and the operations that worlds consist of. Each operation is logged in the story.</summary>
internal sealed class Tenants
{
    /// <summary>The longest time after which an idle breaker is evicted.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(12);

    private readonly Story _story;

    public Tenants(Story story, BreakerGroupOptions? options = null, FluxgateBreakerSettings? settings = null)
    {
        _story = story;
        Settings = settings ?? new() { Tripper = Tripper.FailureStreak(2) };
        Group = new("tenants", Settings, options, Clock);
    }

    public ManualClock Clock { get; } = new();

    public FluxgateBreakerSettings Settings { get; }

    public BreakerGroup Group { get; }

    public BreakerGroupSnapshot Now => Group.Snapshot();

    /// <summary>Admits and settles a call, unless it is rejected.</summary>
    public void Call(string key, Verdict verdict = Verdict.Success) =>
        _story.Do(
            $"call {key}",
            () =>
            {
                if (!Group.GetOrAdd(key).TryAdmit(out var admission))
                {
                    return "rejected";
                }

                admission.Settle(verdict);
                return $"{verdict}";
            }
        );

    /// <summary>Lets an idle timeout pass before the threads begin, so that the next timer evicts what is idle.</summary>
    public void BecomeIdle()
    {
        Clock.FireDue();
        for (var look = 0; look < 10; look++)
        {
            Clock.Advance(TimeSpan.FromMinutes(1));
            if (look < 9)
            {
                Clock.FireDue();
            }
        }

        Clock.Advance(TimeSpan.FromMinutes(1));
    }

    public void FireTimers() => _story.Do("timers fire", Clock.FireDue);

    public void Reconfigure(Tripper tripper, BreakerGroupOptions? options = null) =>
        _story.Do(
            "reconfigure",
            () =>
            {
                var settings = Settings.Copy();
                settings.Tripper = tripper;
                return string.Join("; ", Group.Reconfigure(settings, options));
            }
        );

    /// <summary>Formats the numbers of the group on one line.</summary>
    public string Numbers()
    {
        var now = Now;
        return $"{now.Requests} requests, {now.Failures} failures, {now.Rejected} rejected, {now.InFlight} in flight, {now.Evicted} evicted, "
            + $"{Group.Count} places, {now.Count} circuits, {now.CircuitsIn(BreakerState.Open)} open";
    }
}
