using System.Globalization;

namespace Fluxgate;

/// <summary>The code of docs/listeners.md.</summary>
// Shares the process-wide page with other tests, which shows only the newest circuit of a name.
[Collection("page of the process")]
public sealed class PageOnListeners
{
    [Fact]
    public async Task Listeners_receive_signals_and_a_snapshot_shows_the_state()
    {
        var chat = new TaskCompletionSource<Signal>();
        Task PostToChatAsync(Signal signal, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            chat.TrySetResult(signal);
            return Task.CompletedTask;
        }

        // csharpier-ignore-start
        #region docs/listeners.md: Signals
        var breaker = new FluxgateBreaker("payments", new()
        {
            Listeners =
            {
                new PrometheusListener(),
                signal => Console.WriteLine(signal),
                async (signal, cancellationToken) => await PostToChatAsync(signal, cancellationToken),
            },
        });
        #endregion
        // csharpier-ignore-end

        breaker.Trip("maintenance");
        Assert.Equal("payments: closed -> open (maintenance)", (await chat.Task).ToString());

        #region docs/listeners.md: Snapshots
        var now = breaker.Snapshot();
        Console.WriteLine($"{now}: {now.Failures} of {now.Requests} calls failed, {now.Rejected} were rejected");
        #endregion

        Assert.Equal(BreakerState.Open, now.State);
        await breaker.DisposeAsync();
    }

    [Fact]
    public void A_custom_listener_receives_signals_and_notices()
    {
        var output = new StringWriter(CultureInfo.InvariantCulture);
        var world = new World(
            new()
            {
                Tripper = Tripper.FailureStreak(1),
                InitialState = BreakerState.MetricsOnly,
                Listeners = { new Audit(output) },
            }
        );
        world.Fail();
        world.Breaker.Reset();

        Assert.Equal(
            ["payments would have opened: FailureStreak 1 >= 1", "1: MetricsOnly -> Closed"],
            output.ToString().Split(output.NewLine, StringSplitOptions.RemoveEmptyEntries)
        );
    }

    // csharpier-ignore-start
#pragma warning disable IDE0040
    #region docs/listeners.md: Custom listeners
    sealed class Audit(TextWriter output) : ICircuitListener
    {
        public void OnSignal(Signal signal) =>
            output.WriteLine($"{signal.SequenceNumber}: {signal.OldState} -> {signal.NewState}");

        public void OnNotice(Notice notice)
        {
            if (notice is WouldTripNotice wouldTrip)
            {
                output.WriteLine($"{wouldTrip.CircuitName} would have opened: {wouldTrip.Reason}");
            }
        }
    }
    #endregion
#pragma warning restore IDE0040
    // csharpier-ignore-end
}
