using System.Net;
using Polly;

namespace Fluxgate;

/// <summary>A call that settles with the body of its response: when the body has been read to its end, has failed, or was disposed.</summary>
/// <remarks>
/// The call waits only while its caller reads. The headers are progress, and so is every part of the body. A response that nobody reads or disposes
/// settles when it is collected.
/// </remarks>
internal sealed class CountedBody : IThreadPoolWorkItem
{
    private readonly CancellationToken _caller;
    private UnsettledCall _call;

    private CountedBody(Ticket ticket, CancellationToken caller)
    {
        (_call, _caller) = (new(ticket), caller);
        EndRead();
    }

#pragma warning disable MA0055 // This type must notice that a response is collected.
    ~CountedBody() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
#pragma warning restore MA0055

    /// <summary>Lets a call settle with the body of its response.</summary>
    /// <param name="outcome">The outcome of the call.</param>
    /// <param name="ticket">The ticket of the call.</param>
    /// <param name="caller">The token with which the caller cancels the call.</param>
    /// <returns><see langword="false"/> if the outcome is not a response, or the response has no body: the call settles now.</returns>
    public static bool TryAttach<TResult>(in Outcome<TResult> outcome, Ticket ticket, CancellationToken caller)
    {
        if (outcome.Exception is not null || outcome.Result is not HttpResponseMessage response || !HasBody(response, ticket))
        {
            return false;
        }

        var body = new CountedBody(ticket, caller);
        try
        {
            response.Content = new CountedContent(response.Content, body);
        }
        catch (ObjectDisposedException)
        {
            // Whoever disposed the response will not read it.
            body.End();
        }

        return true;
    }

    public void BeginRead() => _call.Resume();

    /// <summary>Ends a read that delivered something.</summary>
    public void EndRead()
    {
        _call.Progress();
        _call.Pause();
    }

    /// <summary>Settles the call after its body has been read to the end.</summary>
    public void End() => Settled(_call.TrySettle(Verdict.Success, StateMachine.Unmeasured, hint: default, out _));

    /// <summary>Settles the call after a read has thrown an exception.</summary>
    public void Fail(Exception error, CancellationToken reader)
    {
        if (error is OperationCanceledException && (reader.IsCancellationRequested || _caller.IsCancellationRequested))
        {
            Abandon();
        }
        else
        {
            Settled(_call.TrySettle(Verdict.Failure, StateMachine.Unmeasured, hint: default, out _));
        }
    }

    /// <summary>Settles the call after its content could not be opened or copied, unless the content does not allow it, such as a second time.</summary>
    public void FailOpening(Exception error, CancellationToken reader)
    {
        if (error is InvalidOperationException)
        {
            _call.Pause();
        }
        else
        {
            Fail(error, reader);
        }
    }

    /// <summary>Settles the call after its caller has disposed the response.</summary>
    public void Abandon() => Settled(_call.TrySettleAbandoned(out _));

    // Not in the finalizer itself: settling a call can run user code.
    public void Execute() => _call.TrySettleAbandoned(out _);

    private static bool HasBody(HttpResponseMessage response, Ticket ticket)
    {
        // The content of a switched protocol is a connection, not a body. The other two statuses have none (RFC 9110, 6.4.1).
        if (
            response.StatusCode is HttpStatusCode.SwitchingProtocols or HttpStatusCode.NoContent or HttpStatusCode.NotModified
            || response.RequestMessage?.Method == HttpMethod.Head
        )
        {
            return false;
        }

        try
        {
            return response.Content.Headers.ContentLength != 0;
        }
        catch (Exception error)
        {
            // The content may be user code that computes its length.
            ticket.UserCode.ReportError(UserErrorSource.Predicate, error);
            return false;
        }
    }

    private void Settled(bool now)
    {
        if (now)
        {
#pragma warning disable CA1816 // Settling is what ends this object. Its finalizer is for those that never settle.
            GC.SuppressFinalize(this);
#pragma warning restore CA1816
        }
    }
}
