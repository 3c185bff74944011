using System.Runtime.InteropServices;

namespace QuickStart;

/// <summary>Ends the program after a time, or on Ctrl+C or SIGTERM, so that the summary is written in both cases.</summary>
internal sealed class Shutdown : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly PosixSignalRegistration[] _signals;
    private volatile bool _byHand;

    public Shutdown(TimeSpan after)
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
