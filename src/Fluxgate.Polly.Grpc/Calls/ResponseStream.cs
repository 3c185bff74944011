using Grpc.Core;

namespace Fluxgate;

/// <summary>The responses of a call. Each of them is progress, and the end of the stream is that of the call.</summary>
internal sealed class ResponseStream<TResponse>(IAsyncStreamReader<TResponse> responses, GrpcCall call) : IAsyncStreamReader<TResponse>
{
    public TResponse Current => responses.Current;

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        call.BeginRead();
        Task<bool> reading;
        try
        {
            reading = responses.MoveNext(cancellationToken);
        }
        catch (Exception)
        {
            // A read that is not allowed, such as one of a call that was disposed.
            call.EndRead();
            throw;
        }

        if (reading.IsCompletedSuccessfully && reading.Result)
        {
            call.Delivered();
            return reading;
        }

        return ReadAsync(reading, cancellationToken);
    }

    private async Task<bool> ReadAsync(Task<bool> reading, CancellationToken cancellationToken)
    {
        bool hasMessage;
        try
        {
            hasMessage = await reading.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            call.EndReading(error, cancellationToken);
            throw;
        }

        if (hasMessage)
        {
            call.Delivered();
        }
        else
        {
            call.EndReading(error: null, cancellationToken: default);
        }

        return hasMessage;
    }
}
