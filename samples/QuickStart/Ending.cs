using System.Runtime.InteropServices;

namespace QuickStart;

/// <summary>When it is over: after a time, or by hand with Ctrl+C (or a TERM signal), so that there is a summary either way.</summary>
internal sealed class Ending : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly PosixSignalRegistration[] _signals;
    private volatile bool _byHand;

    public Ending(TimeSpan after)
    {
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, End), PosixSignalRegistration.Create(PosixSignal.SIGTERM, End)];
        _over.CancelAfter(after);
    }

    public CancellationToken Token => _over.Token;

    public bool ByHand => _byHand;

    public void Dispose()
    {
        Array.ForEach(_signals, signal => signal.Dispose());
        _over.Dispose();
    }

    private void End(PosixSignalContext context)
    {
        context.Cancel = true;
        _byHand = true;
        _over.Cancel();
    }
}
