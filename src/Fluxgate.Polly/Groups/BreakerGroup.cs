using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Fluxgate;

/// <summary>
/// Breakers for the parts of one dependency, one for each key: a host, a tenant, a shard. A part that fails then does not take the others with it. A
/// pipeline chooses the breaker for each call: <c>builder.AddFluxgateBreaker(group, context => key)</c>.
/// </summary>
/// <remarks>
/// <para>
/// Thread-safe. The breaker of a key is created when the key is used for the first time, and evicted after it has had no call for
/// <see cref="BreakerGroupOptions.IdleTimeout"/>. What it counted stays in the sums of the group. While all <see cref="BreakerGroupOptions.MaxBreakers"/>
/// places are taken, further keys use the <see cref="Shared"/> breaker.
/// </para>
/// <para>
/// A breaker that is still referenced after its eviction represents its key: its methods act on the breaker that the group then has for the key.
/// </para>
/// </remarks>
public sealed partial class BreakerGroup : IEnumerable<FluxgateBreaker>, IDisposable, IAsyncDisposable
{
    private readonly Clock _clock;
    private readonly GroupMember _shared;
    private GroupRules _rules;

    /// <summary>Creates a group without keys.</summary>
    /// <param name="name">The group's name in metrics and in the names of its circuits: 1 to 256 characters.</param>
    /// <param name="settings">The settings of each breaker, which are copied. By default, those of a new <see cref="FluxgateBreakerSettings"/>.</param>
    /// <param name="options">The options of the group, which are copied. By default, those of a new <see cref="BreakerGroupOptions"/>.</param>
    /// <param name="timeProvider">The clock of all breakers; by default, the system's.</param>
    /// <exception cref="ArgumentException">The name, a setting or an option is out of range or missing. The message names it, its value and what is allowed.</exception>
    public BreakerGroup(
        string name,
        FluxgateBreakerSettings? settings = null,
        BreakerGroupOptions? options = null,
        TimeProvider? timeProvider = null
    )
        : this(name, settings ?? new(), options ?? new(), Clock.Of(timeProvider)) => Attach();

    private BreakerGroup(string name, FluxgateBreakerSettings settings, BreakerGroupOptions options, Clock clock)
    {
        Name = Require.CircuitName(name);
        _rules = new(settings, options);
        _clock = clock;
        _shared = new(this, key: null, _rules.SettingsOf(null), _clock, durations: null);
        _all.Add(_shared);
    }

    /// <summary>Gets the group's name.</summary>
    public string Name { get; }

    /// <summary>Gets the number of keys that have a breaker. The shared breaker does not count.</summary>
    public int Count => Volatile.Read(ref _places);

    /// <summary>Gets the clock of the breakers.</summary>
    public TimeProvider TimeProvider => _clock.Provider;

    /// <summary>Gets the breaker for calls without a key, and for keys that have no breaker because the group is full.</summary>
    public FluxgateBreaker Shared => _shared.Breaker;

    /// <summary>Gets a copy of the options.</summary>
    public BreakerGroupOptions Options => Rules.Options.Copy();

    internal GroupRules Rules => Volatile.Read(ref _rules);

    /// <summary>
    /// Creates a group whose <see cref="Shared"/> breaker calls no listener before <see cref="Attach"/>. Use it if several threads can create the
    /// group of one name: publish one group and attach it, and dispose the others.
    /// </summary>
    /// <param name="name">The group's name, as for the constructor.</param>
    /// <param name="settings">The settings of each breaker, as for the constructor.</param>
    /// <param name="options">The options of the group, as for the constructor.</param>
    /// <param name="timeProvider">The clock of all breakers; by default, the system's.</param>
    /// <returns>The group. It is in no metrics before <see cref="Attach"/>, unless a key has a breaker.</returns>
    /// <exception cref="ArgumentException">The name, a setting or an option is invalid, as for the constructor.</exception>
    public static BreakerGroup CreateUnattached(
        string name,
        FluxgateBreakerSettings? settings = null,
        BreakerGroupOptions? options = null,
        TimeProvider? timeProvider = null
    ) => new(name, settings ?? new(), options ?? new(), Clock.Of(timeProvider));

    /// <summary>Attaches the listeners of a group that was created by <see cref="CreateUnattached"/>; see <see cref="FluxgateBreaker.Attach"/>.</summary>
    /// <remarks>This is a no-op if they are attached already, or the group has been disposed. Thread-safe.</remarks>
    public void Attach() => _shared.Breaker.Attach();

    /// <summary>Returns the breaker of a key. Creates it if the key has none.</summary>
    /// <param name="key">The key, of any length and with any characters. Keys are compared by their characters.</param>
    /// <param name="evenIfFull">
    /// Whether to create the breaker although all places are taken, for example to force the circuit of a key open. By default, the method then
    /// returns the <see cref="Shared"/> breaker, whose <see cref="FluxgateBreaker.Key"/> is <see langword="null"/>, and so it does for a new key after the
    /// group has been disposed.
    /// </param>
    /// <returns>The breaker. It may be kept.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is <see langword="null"/>.</exception>
    public FluxgateBreaker GetOrAdd(string key, bool evenIfFull = false) => Resolve(Require.NotNull(key), evenIfFull).Breaker;

    /// <summary>Returns the breaker of a call outside of a pipeline. Never throws for a call: without a key, it is the <see cref="Shared"/> one.</summary>
    /// <typeparam name="TCall">The type of the call.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="keySelector">Returns the key of the call. If it returns <see langword="null"/> or throws, the call is counted among the shared calls, and the error is counted and reported.</param>
    /// <returns>The breaker.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="keySelector"/> is <see langword="null"/>.</exception>
    public FluxgateBreaker GetForCall<TCall>(TCall call, Func<TCall, string?> keySelector)
    {
        Require.NotNull(keySelector);
        string? key;
        try
        {
            key = keySelector(call);
        }
        catch (Exception error)
        {
            return ShareWithoutKey(error).Breaker;
        }

        return (key is null ? ShareWithoutKey(error: null) : Resolve(key)).Breaker;
    }

    /// <summary>Returns the breaker of a key, if it has one. Creates nothing.</summary>
    /// <param name="key">The key.</param>
    /// <param name="breaker">The breaker, or <see langword="null"/> if the key has none.</param>
    /// <returns><see langword="true"/> if the key has a breaker.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is <see langword="null"/>.</exception>
    public bool TryGet(string key, [NotNullWhen(true)] out FluxgateBreaker? breaker)
    {
        breaker = Find(Require.NotNull(key))?.Breaker;
        return breaker is not null;
    }

    /// <summary>Returns the state and the sums of the group, and the circuits in the worst condition.</summary>
    /// <param name="worst">The most circuits in <see cref="BreakerGroupSnapshot.Worst"/>, at least 0.</param>
    /// <returns>The snapshot. Each circuit is read at one moment, one after the other.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="worst"/> is negative.</exception>
    public BreakerGroupSnapshot Snapshot(int worst = 10) =>
        worst >= 0
            ? new(this, worst)
            : throw new ArgumentOutOfRangeException(nameof(worst), worst, $"worst must be at least 0, but is {RuleText.Number(worst)}.");

    /// <summary>
    /// Replaces the settings of all breakers and the options of the group. Breakers keep their state, and the group its listeners, as in
    /// <see cref="FluxgateBreaker.Reconfigure"/>.
    /// </summary>
    /// <remarks>
    /// Listeners receive one <see cref="ReconfiguredNotice"/> of the <see cref="Shared"/> breaker for the whole group, and one of each breaker whose
    /// key has <see cref="BreakerGroupOptions.Overrides"/>.
    /// </remarks>
    /// <param name="settings">The new settings, which are copied.</param>
    /// <param name="options">The new options, which are copied; by default, those of a new <see cref="BreakerGroupOptions"/>. If they allow fewer breakers than exist, these stay until they are idle.</param>
    /// <returns>The changes of the settings and options of the group, one line for each. Empty if none of them changed.</returns>
    /// <exception cref="ArgumentException">A setting or an option is invalid; the message is that of the constructor. The current settings and options remain in effect.</exception>
    public IReadOnlyList<string> Reconfigure(FluxgateBreakerSettings settings, BreakerGroupOptions? options = null)
    {
        var rules = new GroupRules(Require.NotNull(settings), options ?? new(), Rules);
        var before = Interlocked.Exchange(ref _rules, rules);
        var changes = _shared.Breaker.Reconfigure(rules.SettingsOf(null));
        foreach (var member in CopyAll())
        {
            Apply(member);
        }

        lock (_all)
        {
            _retired.KeepSlow(rules.SlowThresholds);
        }

        ScheduleSweep(again: true);
        return [.. changes, .. rules.ChangesFrom(before)];
    }

    /// <summary>Ignores every call that its caller abandons after the application has begun to stop; see <see cref="FluxgateBreaker.IgnoreAbandonedCallsOnShutdown"/>.</summary>
    /// <param name="stopping">The token that is canceled when the application begins to stop.</param>
    public void IgnoreAbandonedCallsOnShutdown(CancellationToken stopping)
    {
        _stopping = new(stopping);
        Interlocked.MemoryBarrier();
        foreach (var member in CopyAll())
        {
            member.Breaker.IgnoreAbandonedCallsOnShutdown(stopping);
        }
    }

    /// <summary>Delivers the remaining signals to the listeners, detaches them, and stops the timers. Keys that have no breaker use the <see cref="Shared"/> one from then on.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Does the same as <see cref="Dispose"/> without blocking a thread.</summary>
    /// <returns>A task that completes when the listeners have been detached, or after <see cref="FluxgateBreakerSettings.ListenerFlushTimeout"/>.</returns>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        Interlocked.MemoryBarrier();
        StopSweep();

        // The shared breaker last: the group is in the metrics as long as its listeners are attached.
        await Task.WhenAll(CopyAll().Where(member => member != _shared).Select(member => member.Breaker.DisposeAsync().AsTask()))
            .ConfigureAwait(false);
        await _shared.Breaker.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Enumerates the breakers of the keys, without the shared one.</summary>
    /// <returns>An enumerator that tolerates changes of the group.</returns>
    public IEnumerator<FluxgateBreaker> GetEnumerator() => _members.Select(member => member.Value.Breaker).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
