using System.Diagnostics;

namespace Fluxgate;

/// <summary>Calls the breakers of members, and counts what the callers see.</summary>
internal sealed class Callers
{
    private readonly RedisFleetMember[] _members;
    private readonly Task[] _running;
    private volatile bool _isStopped;
    private long _admitted;
    private long _rejected;
    private long _longest;
    private long _heldUp;

    public Callers(IEnumerable<RedisFleetMember> members)
    {
        _members = [.. members];
        _running = [Task.Run(RunAsync), Task.Run(RunAsync), Task.Factory.StartNew(Sleep, TaskCreationOptions.LongRunning)];
    }

    public long Admitted => Interlocked.Read(ref _admitted);

    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>Gets the longest time that a call was held up by its breaker.</summary>
    public TimeSpan Longest => TimeSpan.FromTicks(Interlocked.Read(ref _longest));

    /// <summary>Gets the longest time that the machine held up a thread which called nothing.</summary>
    public TimeSpan HeldUp => TimeSpan.FromTicks(Interlocked.Read(ref _heldUp));

    public Task StopAsync()
    {
        _isStopped = true;
        return Task.WhenAll(_running).WaitAsync(Until.Deadline);
    }

    private async Task RunAsync()
    {
        for (var i = 0; !_isStopped; i++)
        {
            var start = Stopwatch.GetTimestamp();
            if (_members[i % _members.Length].Breaker.TryAdmit(out var admission))
            {
                Interlocked.Increment(ref _admitted);
                admission.Settle(Verdict.Success);
            }
            else
            {
                Interlocked.Increment(ref _rejected);
            }

            Raise(ref _longest, Stopwatch.GetElapsedTime(start));

            // The members need the processors, too.
            if (i % 100 == 0)
            {
                await Task.Delay(1);
            }
        }
    }

    private void Sleep()
    {
        var turn = TimeSpan.FromMilliseconds(10);
        while (!_isStopped)
        {
            var start = Stopwatch.GetTimestamp();
            lock (_members)
            {
                // Nobody pulses it: it only sleeps.
                Monitor.Wait(_members, turn);
            }

            Raise(ref _heldUp, Stopwatch.GetElapsedTime(start) - turn);
        }
    }

    private static void Raise(ref long longest, TimeSpan time)
    {
        for (var before = Interlocked.Read(ref longest); time.Ticks > before; before = Interlocked.Read(ref longest))
        {
            Interlocked.CompareExchange(ref longest, time.Ticks, before);
        }
    }
}
