namespace Fluxgate;

/// <summary>A custom window that never expires calls, counts its states, and can run a callback while it records a call.</summary>
internal sealed class EndlessWindow : Window
{
    public int Started { get; private set; }

    public Action<CallCounts>? Recorded { get; init; }

    public override WindowState Start(WindowContext context)
    {
        Started++;
        return new Sum(this);
    }

    private sealed class Sum(EndlessWindow window) : WindowState
    {
        private readonly object _gate = new();
        private CallCounts _sum;

        public override void Record(in CallCounts call)
        {
            CallCounts sum;
            lock (_gate)
            {
                sum = _sum += call;
            }

            window.Recorded?.Invoke(sum);
        }

        public override CallCounts Read()
        {
            lock (_gate)
            {
                return _sum;
            }
        }
    }
}
