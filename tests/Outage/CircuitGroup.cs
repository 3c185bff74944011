using Fluxgate;

namespace Outage;

/// <summary>A group in one pipeline, and a caller that counts the outcomes of its calls by circuit.</summary>
internal sealed class CircuitGroup : ICircuitListener, IAsyncDisposable
{
    /// <summary>The key for which the selector throws.</summary>
    private const string Invalid = "invalid";

    private readonly CallerClock _clock = new();
    private readonly Dictionary<string, CallCounts> _circuits = new(StringComparer.Ordinal);
    private readonly Caller _caller;

    public CircuitGroup(string name, FluxgateBreakerSettings settings, BreakerGroupOptions options)
    {
        settings.Listeners.Add(new PrometheusListener());
        settings.Listeners.Add(this);
        Group = new(name, settings, options, _clock);
        Of(Group.Shared.Name);
        _caller = new(
            _clock,
            new FluxgateBreakerOptions
            {
                Group = Group,
                KeySelector = context =>
                    context.OperationKey == Invalid ? throw new FormatException("The key is invalid.") : context.OperationKey,
            }
        );
    }

    public BreakerGroup Group { get; }

    /// <summary>The keys that have series of their own, as the scenario expects it.</summary>
    public List<string> Shown { get; } = [];

    /// <summary>The number of keys that the scenario expects to be evicted.</summary>
    public long Evicted { get; private set; }

    /// <summary>The calls that went to the shared circuit, by reason.</summary>
    public Dictionary<string, long> SharedCalls { get; } = new(StringComparer.Ordinal);

    /// <summary>The counts of all circuits.</summary>
    public IEnumerable<CallCounts> All => _circuits.Values;

    /// <summary>The counts of the shared circuit.</summary>
    public CallCounts Shared => Of(Group.Shared.Name);

    /// <summary>The counts of a circuit that has a key.</summary>
    public CallCounts this[string key] => Of($"{Group.Name}/{key}");

    public void Succeed(string key, int times) => Repeat(times, () => Execute(key, error: null, Verdict.Success));

    public void Fail(string key, int times) => Repeat(times, () => Execute(key, new HttpRequestException("It is down."), Verdict.Failure));

    /// <summary>Makes calls with a key that finds no place.</summary>
    public void FailWithoutPlace(string key, int times) => Share("no_place", times, () => Fail(key, 1));

    /// <summary>Makes calls for which the selector throws.</summary>
    public void SucceedWithInvalidKey(int times) => Share("selector_error", times, () => Succeed(Invalid, 1));

    /// <summary>Makes calls without a key.</summary>
    public void SucceedWithoutKey(int times) => Share("no_key", times, () => Succeed(key: null!, 1));

    /// <summary>Begins a call that never ends.</summary>
    public void Begin(string key)
    {
        if (Group.GetOrAdd(key).TryAdmit(out _))
        {
            this[key].Begin();
        }
    }

    /// <summary>Advances the clock until the next call of an open circuit is a probe.</summary>
    public void WaitForTheBreak() => _clock.Pass(Circuits.Break);

    /// <summary>Advances the clock until all circuits without calls in flight have been evicted.</summary>
    public void WaitForEviction()
    {
        Evicted += Group.Count;
        _clock.Pass(Group.Options.IdleTimeout * 1.2);
    }

    public void OnSignal(Signal signal) => Of(signal.CircuitName).OnSignal(signal);

    public void OnNotice(Notice notice) => Of(notice.CircuitName).OnNotice(notice);

    public ValueTask DisposeAsync() => Group.DisposeAsync();

    private static void Repeat(int times, Action act)
    {
        for (var i = 0; i < times; i++)
        {
            act();
        }
    }

    private void Share(string reason, int times, Action act)
    {
        SharedCalls[reason] = SharedCalls.GetValueOrDefault(reason) + times;
        Repeat(times, act);
    }

    private void Execute(string key, Exception? error, Verdict verdict) =>
        _caller.Execute(() => Group.TryGet(key ?? Invalid, out _) ? this[key!] : Shared, Caller.Usual, error, verdict, key);

    private CallCounts Of(string circuit)
    {
        if (!_circuits.TryGetValue(circuit, out var counts))
        {
            _circuits[circuit] = counts = new(_clock, BreakerState.Closed);
        }

        return counts;
    }
}
