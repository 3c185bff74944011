using Grpc.Core;

namespace Fluxgate;

/// <content>What a stream reports, and when the call waits for the server.</content>
internal sealed partial class GrpcCall
{
    private volatile bool _isReading;
    private volatile bool _isCompleted;
    private volatile bool _hasDelivered;

    /// <summary>Notes that the caller waits for a message.</summary>
    public void BeginRead()
    {
        _isReading = true;
        if (_method.Type == MethodType.ServerStreaming || _isCompleted)
        {
            _admission.Resume();
        }
    }

    /// <summary>Notes that a read threw without a result.</summary>
    public void EndRead()
    {
        _isReading = false;
    }

    /// <summary>Notes that a message arrived.</summary>
    public void Delivered()
    {
        _isReading = false;
        _hasDelivered = true;
        _admission.Progress();
        _admission.Pause();
    }

    /// <summary>Notes that the stream ended or that a read failed, which ends the call unless the read was not allowed.</summary>
    public void EndReading(Exception? error, CancellationToken cancellationToken)
    {
        EndRead();
        _isGivenUp |= cancellationToken.IsCancellationRequested;
        if (StatusOf(error) is { } status)
        {
            End(status, error);
        }
    }

    /// <summary>Notes that the caller waits until a message is written, and in a duplex stream then for the response to it.</summary>
    public void BeginWrite()
    {
        _admission.Resume();
    }

    /// <summary>Notes that a message was written, or why it was not.</summary>
    public void EndWrite(Exception? error, CancellationToken cancellationToken)
    {
        if (error is not null)
        {
            _isGivenUp |= cancellationToken.IsCancellationRequested;
            if (HasResponseStream && KnownStatus() is { } status)
            {
                End(status, error);
                return;
            }
        }

        if (!HasResponseStream)
        {
            _admission.Pause();
        }
    }

    /// <summary>Notes that the caller has written all messages, and waits for the end of the call.</summary>
    public void Completed()
    {
        _isCompleted = true;
        if (!HasResponseStream || _isReading)
        {
            _admission.Resume();
        }
    }
}
