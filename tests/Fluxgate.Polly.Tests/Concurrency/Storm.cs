using System.Collections.Concurrent;

namespace Fluxgate;

/// <summary>Work on many threads at once: bounded by its amount, never by time. The deadlines only keep a dead-lock from hanging the run.</summary>
internal static class Storm
{
    public const int Threads = 4;

    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    /// <summary>Runs the work once on each thread, all starting together.</summary>
    public static void Run(Action<int> work, int threads = Threads) => Rounds(1, static () => { }, work, static () => { }, threads);

    /// <summary>In each round one thread prepares, all work, and one checks when all have done.</summary>
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

        void Meet() => Assert.True(gate.SignalAndWait(Deadline), "A thread did not come.");
    }
}
