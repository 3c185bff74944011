using System.Collections.Concurrent;

namespace Fluxgate;

/// <summary>Runs a fixed amount of work on many threads at once. The deadlines only keep a deadlock from hanging the run.</summary>
internal static class ConcurrentWork
{
    public const int Threads = 4;

    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    /// <summary>Runs the work once on each thread; all start together.</summary>
    public static void Run(Action<int> work, int threads = Threads) => Rounds(1, static () => { }, work, static () => { }, threads);

    /// <summary>Runs rounds: one thread prepares, all work, and one checks after all have finished.</summary>
    public static void Rounds(int rounds, Action prepare, Action<int> work, Action check, int threads = Threads)
    {
        var errors = new ConcurrentQueue<Exception>();
        using var gate = new Barrier(threads, barrier => (barrier.CurrentPhaseNumber % 2 == 0 ? prepare : check)());
        var running = Enumerable.Range(0, threads).Select(index => new Thread(() => Run(index)) { IsBackground = true }).ToList();
        running.ForEach(thread => thread.Start());
        Assert.All(running, thread => Assert.True(thread.Join(Deadline), "A thread hangs."));
        if (errors.TryPeek(out var first))
        {
            Assert.Fail((first as BarrierPostPhaseException)?.InnerException?.ToString() ?? first.ToString());
        }

        void Run(int index)
        {
            try
            {
                for (var round = 0; round < rounds && errors.IsEmpty; round++)
                {
                    Meet();
                    work(index);
                    Meet();
                }
            }
            catch (Exception error)
            {
                errors.Enqueue(error);
                gate.RemoveParticipant();
            }
        }

        void Meet() => Assert.True(gate.SignalAndWait(Deadline), "A thread did not reach the barrier in time.");
    }
}
