using Grpc.Core;

namespace Fluxgate;

/// <summary>One admitted call, from its start until it settles by its final status. Nothing here changes what the caller receives.</summary>
/// <remarks>
/// A call that is neither read to its end nor disposed settles when the garbage collector finds it. Therefore nothing that outlives the call may
/// refer to this object, except by a weak reference.
/// </remarks>
internal sealed partial class GrpcCall
{
    private readonly FluxgateBreaker _breaker;
    private readonly Admission _admission;
    private readonly CallClassifier _classifier;
    private readonly IMethod _method;
    private readonly CallOptions _options;

    private Func<Status>? _status;
    private Func<Metadata>? _trailers;
    private CancellationTokenRegistration _cancellation;
    private volatile bool _isGivenUp;
    private int _ended;

    public GrpcCall(FluxgateBreaker breaker, Admission admission, CallClassifier classifier, IMethod method, CallOptions options)
    {
        (_breaker, _admission, _classifier, _method, _options) = (breaker, admission, classifier, method, options);
        if (method.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming)
        {
            // Until the caller has written something, it cannot wait for the server.
            admission.Pause();
        }
    }

    // Queued, because listeners must not run on the thread of the finalizers.
#pragma warning disable MA0055 // Without it, a call that its caller forgets would be in flight for ever.
    ~GrpcCall() => ThreadPool.UnsafeQueueUserWorkItem(static call => call.GiveUp(), this, preferLocal: false);
#pragma warning restore MA0055

    private bool HasResponseStream => _method.Type is MethodType.ServerStreaming or MethodType.DuplexStreaming;

    /// <summary>Starts the call. If this throws, the call settles.</summary>
    public TCall Start<TState, TCall>(Func<TState, TCall> start, TState state)
    {
        try
        {
            return _admission.Run(start, state);
        }
        catch (Exception error)
        {
            EndWithException(error);
            throw;
        }
    }

    /// <summary>Follows a started call until it settles.</summary>
    /// <param name="status">Returns the status of a completed call.</param>
    /// <param name="trailers">Returns the trailers of a completed call.</param>
    public void Follow(Func<Status> status, Func<Metadata> trailers) => (_status, _trailers) = (status, trailers);

    /// <summary>Follows the status of a call with a response stream while the stream is not read.</summary>
    public void FollowUnread(Task<Metadata> headers)
    {
        var self = new WeakReference<GrpcCall>(this);
        _ = headers.ContinueWith(
            static (headers, self) =>
            {
                if (((WeakReference<GrpcCall>)self!).TryGetTarget(out var call))
                {
                    call.OnHeaders(headers);
                }
            },
            self,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        _cancellation = _options.CancellationToken.UnsafeRegister(
            static self =>
            {
                if (((WeakReference<GrpcCall>)self!).TryGetTarget(out var call))
                {
                    call.GiveUp();
                }
            },
            self
        );
        if (Volatile.Read(ref _ended) != 0)
        {
            _cancellation.Dispose();
        }
    }

    /// <summary>Waits for the only response. The call settles before the caller receives it.</summary>
    public Task<TResponse> ReceiveAsync<TResponse>(Task<TResponse> response)
    {
        var receiving = ReceiveCoreAsync(response);

        // The caller may use other parts of the call only.
        _ = receiving.ContinueWith(
            static failed => _ = failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        return receiving;
    }

    /// <summary>Ends a call that returned its only response.</summary>
    public void EndWithResponse() => End(KnownStatus() ?? Status.DefaultSuccess, error: null);

    /// <summary>Disposes the call, which cancels it if it has not ended.</summary>
    public void Dispose(IDisposable inner)
    {
        _isGivenUp = true;
        try
        {
            inner.Dispose();
        }
        finally
        {
            GiveUp();
        }
    }

    private async Task<TResponse> ReceiveCoreAsync<TResponse>(Task<TResponse> receiving)
    {
        TResponse response;
        try
        {
            response = await receiving.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            End(StatusOf(error) ?? new Status(StatusCode.Unknown, MessageOf(error), error), error);
            throw;
        }

        EndWithResponse();
        return response;
    }

    private void OnHeaders(Task<Metadata> headers)
    {
        if (headers.Exception?.InnerException is RpcException failure)
        {
            End(failure.Status, failure);
        }
        else if (headers.IsCompletedSuccessfully && _method.Type == MethodType.ServerStreaming)
        {
            if (!_isReading)
            {
                _admission.Pause();
            }
        }
    }

    /// <summary>Ends a call that its caller ended: by its status if it has one.</summary>
    private void GiveUp()
    {
        _isGivenUp = true;
        End(KnownStatus() ?? new Status(StatusCode.Cancelled, "The caller ended the call."), error: null);
    }

    /// <summary>Ends a call that threw from the method itself. What is not a result of a call is ignored.</summary>
    private void EndWithException(Exception error)
    {
        if (StatusOf(error) is { } status)
        {
            End(status, error);
        }
        else if (TryEnd())
        {
            _admission.Dispose();
        }
    }

    private Status? KnownStatus()
    {
        try
        {
            return _status?.Invoke();
        }
        catch (Exception)
        {
            // The call is not complete.
            return null;
        }
    }

    /// <summary>Returns the status of a call that ended with an exception, or as a stream does; <see langword="null"/> if this did not end it.</summary>
    private Status? StatusOf(Exception? error) =>
        KnownStatus()
        ?? error switch
        {
            null => Status.DefaultSuccess,
            RpcException failure => failure.Status,
            // With ThrowOperationCanceledOnCancellation, for a deadline too.
            OperationCanceledException => new(
                _options.Deadline is null || IsGivenUp ? StatusCode.Cancelled : StatusCode.DeadlineExceeded,
                MessageOf(error),
                error
            ),
            _ => null,
        };

    private static string MessageOf(Exception error)
    {
        try
        {
            return error.Message;
        }
        catch (Exception)
        {
            // A user may have written the exception, and the call must settle.
            return error.GetType().Name;
        }
    }

    private bool IsGivenUp => _isGivenUp || _options.CancellationToken.IsCancellationRequested;

    private bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return false;
        }

#pragma warning disable CA1816 // A call that has settled has nothing to finalize, whether or not it is disposed.
        GC.SuppressFinalize(this);
#pragma warning restore CA1816
        _cancellation.Dispose();
        return true;
    }

    private void End(Status status, Exception? error)
    {
        if (!TryEnd())
        {
            return;
        }

        var isCanceled = status.StatusCode == StatusCode.Cancelled;
        var isAnswer = isCanceled && (_trailers is null || GrpcTrailers.Of(_trailers) is not null);
        var result = new GrpcCallResult(_method, status, error, _trailers, isCanceled && IsGivenUp);
        var verdict = _classifier.Classify(result, isAnswer, _breaker);
        if (verdict != CallClassifier.Abandoned)
        {
            _admission.Settle(verdict, breakFor: verdict == Verdict.Failure ? _classifier.BreakFor(result, _breaker) : null);
            return;
        }

        if (_hasDelivered)
        {
            // A stream may be silent for as long as it likes: what it delivered shows that the server works.
            _admission.Pause();
        }

        _admission.SettleAbandoned();
    }
}
