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

    public Callers(IEnumerable<RedisFleetMember> members)
    {
        _members = [.. members];
        _running = [Task.Run(RunAsync), Task.Run(RunAsync)];
    }

    public long Admitted => Interlocked.Read(ref _admitted);

    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>Gets the longest time that a call was held up by its breaker.</summary>
    public TimeSpan Longest => TimeSpan.FromTicks(Interlocked.Read(ref _longest));

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

            var ticks = Stopwatch.GetElapsedTime(start).Ticks;
            for (var longest = Interlocked.Read(ref _longest); ticks > longest; longest = Interlocked.Read(ref _longest))
            {
                Interlocked.CompareExchange(ref _longest, ticks, longest);
            }

            // The members need the processors, too.
            if (i % 100 == 0)
            {
                await Task.Delay(1);
            }
        }
    }
}
