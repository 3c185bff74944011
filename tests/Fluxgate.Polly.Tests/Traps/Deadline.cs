namespace Fluxgate;

/// <summary>Runs code that may hang on another thread, so that a deadlock is a failure. No test depends on how fast anything is.</summary>
internal static class Deadline
{
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(2);

    /// <summary>Runs an action to its end on another thread.</summary>
    public static void Run(Action action) => Start(action).End();

    /// <summary>Starts an action on another thread.</summary>
    public static Running Start(Action action) => new(action);

    /// <summary>Waits until another thread sets the event.</summary>
    public static void Await(ManualResetEventSlim gate) => Assert.True(gate.Wait(Generous), "The event was not set in time.");

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

        /// <summary>Waits until the thread has ended or is blocked: it is considered blocked if it is in wait state twenty times in a row.</summary>
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

        /// <summary>Waits for the thread to end, or for the deadline: on a busy machine a blocked thread cannot be recognized for certain.</summary>
        public bool EndsInTime() => _thread.Join(Generous);

        public void End()
        {
            Assert.True(_thread.Join(Generous), "The thread hangs.");
            Assert.Null(_error);
        }
    }
}
