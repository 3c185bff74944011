using Microsoft.Coyote.Runtime;

namespace Fluxgate.Worlds;

/// <summary>A listener that records what it receives and checks rule 9: one call at a time, in order, only between attaching and detaching.</summary>
internal sealed class SignalRecorder(Story story, string name = "listener") : ICircuitListener
{
    private readonly List<Signal> _signals = [];
    private bool _isAttached;
    private bool _isDetached;
    private bool _isBusy;

    /// <summary>Gets or sets the action on a signal, after it has been recorded.</summary>
    public Action<Signal> Reaction { get; set; } = static _ => { };

    /// <summary>Gets or sets the action on attaching.</summary>
    public Action<FluxgateBreaker> AttachedReaction { get; set; } = static _ => { };

    /// <summary>Gets the first rule that was broken, or <see langword="null"/>.</summary>
    public string? Broken { get; private set; }

    public IReadOnlyList<Signal> Signals => _signals;

    /// <summary>Gets the number of signals that the listener had received when it was detached.</summary>
    public int SignalsBeforeDetached { get; private set; }

    public int Attached { get; private set; }

    public int Detached { get; private set; }

    public void OnAttached(FluxgateBreaker breaker) =>
        Busy(
            "OnAttached",
            () =>
            {
                Attached++;
                AttachedReaction(breaker);
                _isAttached = true;
            }
        );

    public void OnSignal(Signal signal) =>
        Busy(
            $"signal {signal.SequenceNumber}, {signal.OldState} -> {signal.NewState}",
            () =>
            {
                Expect(_isAttached, "a signal before OnAttached");
                Expect(!_isDetached, "a signal after OnDetached");
                Expect(
                    _signals.Count == 0 ? signal.SequenceNumber == 1 : signal.SequenceNumber == _signals[^1].SequenceNumber + 1,
                    $"signal {signal.SequenceNumber} after {(_signals.Count == 0 ? 0 : _signals[^1].SequenceNumber)}"
                );
                Expect(
                    _signals.Count == 0 || signal.OldState == _signals[^1].NewState,
                    $"signal {signal.SequenceNumber} leaves {signal.OldState}, which the one before did not enter"
                );
                _signals.Add(signal);
                Reaction(signal);
            }
        );

    public void OnNotice(Notice notice) =>
        Busy(
            $"notice {notice.GetType().Name}",
            () =>
            {
                Expect(_isAttached, "a notice before OnAttached");
                Expect(!_isDetached, "a notice after OnDetached");
            }
        );

    public void OnDetached(FluxgateBreaker breaker) =>
        Busy(
            "OnDetached",
            () =>
            {
                Detached++;
                SignalsBeforeDetached = _signals.Count;
                _isDetached = true;
            }
        );

    private void Busy(string what, Action act)
    {
        Expect(!_isBusy, $"{what} while another call of the listener runs");
        story.Do(
            $"{name} {what}",
            () =>
            {
                _isBusy = true;

                try
                {
                    // Other threads may run here and call the listener if they can.
                    SchedulingPoint.Interleave();
                    act();
                }
                finally
                {
                    _isBusy = false;
                }
            }
        );
    }

    private void Expect(bool holds, string what)
    {
        if (!holds)
        {
            Broken ??= $"{name} received {what}";
        }
    }
}
