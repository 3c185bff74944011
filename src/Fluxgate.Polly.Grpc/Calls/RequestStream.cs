using Grpc.Core;

namespace Fluxgate;

/// <summary>The requests of a call. The call waits for the server while one is written, and not for its caller between them.</summary>
internal sealed class RequestStream<TRequest>(IClientStreamWriter<TRequest> requests, GrpcCall call) : IClientStreamWriter<TRequest>
{
    public WriteOptions? WriteOptions
    {
        get => requests.WriteOptions;
        set => requests.WriteOptions = value;
    }

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        call.BeginWrite();
        Task writing;
        try
        {
            writing = requests.WriteAsync(message, cancellationToken);
        }
        catch (Exception error)
        {
            // A write that is not allowed, such as one to a call that was disposed.
            call.EndWrite(error, cancellationToken: default);
            throw;
        }

        return AwaitAsync(writing, cancellationToken);
    }

    public Task CompleteAsync()
    {
        call.Completed();
        return requests.CompleteAsync();
    }

    private async Task AwaitAsync(Task writing, CancellationToken cancellationToken)
    {
        try
        {
            await writing.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            call.EndWrite(error, cancellationToken);
            throw;
        }

        call.EndWrite(error: null, cancellationToken: default);
    }
}
