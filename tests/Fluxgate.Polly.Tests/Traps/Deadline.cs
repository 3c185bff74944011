namespace Fluxgate;

/// <summary>Runs what might hang beside the test, so that a dead-lock is a failure. No test depends on how fast anything is.</summary>
internal static class Deadline
{
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(2);

    /// <summary>Runs to the end on a thread of its own.</summary>
    public static void Run(Action action) => Start(action).End();

    /// <summary>Starts on a thread of its own.</summary>
    public static Running Start(Action action) => new(action);

    /// <summary>Waits for another thread to get somewhere.</summary>
    public static void Await(ManualResetEventSlim gate) => Assert.True(gate.Wait(Generous), "Nobody came.");

    internal sealed class Running
    {
        private readonly Thread _thread;
        private Exception? _error;

        public Running(Action action)
        {
            _thread = new(() => _error = Record.Exception(action)) { IsBackground = true };
            _thread.Start();
        }

        public bool IsOver => !_thread.IsAlive;

        /// <summary>Waits until the thread has ended or stands before a lock: blocked whenever one looks, twenty times in a row.</summary>
        public void EndsOrBlocks()
        {
            var blocked = 0;
            Assert.True(
                SpinWait.SpinUntil(
                    () =>
                    {
                        blocked = _thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin) ? blocked + 1 : 0;
                        return IsOver || blocked == 20;
                    },
                    Generous
                )
            );
        }

        /// <summary>Waits for the thread to end, or for the deadline: on a busy machine nobody can tell for sure that it stands before a lock.</summary>
        public bool EndsInTime() => _thread.Join(Generous);

        public void End()
        {
            Assert.True(_thread.Join(Generous), "It hangs.");
            Assert.Null(_error);
        }
    }
}
