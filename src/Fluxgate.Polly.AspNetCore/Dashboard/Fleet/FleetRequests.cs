using System.Net;
using Microsoft.AspNetCore.Http;

namespace Fluxgate;

/// <summary>Asks the fleet for a request. No request waits for the store longer than the deadline, and one that fails responds with what this process knows.</summary>
/// <param name="source">The fleet.</param>
/// <param name="time">The clock.</param>
internal sealed class FleetRequests(FleetSource source, TimeProvider time)
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Gets the fleet as this process knows it.</summary>
    public FleetRow Known => FleetReader.Of(source.View, time.GetUtcNow());

    /// <summary>Asks the fleet, or responds with an error.</summary>
    /// <param name="context">The request.</param>
    /// <param name="ask">Asks the fleet.</param>
    /// <param name="failed">Receives the reason why there is no result.</param>
    /// <returns>The result; <see langword="null"/> after an error.</returns>
    public async Task<T?> AskAsync<T>(HttpContext context, Func<Task<T>> ask, Action<string>? failed = null)
        where T : class
    {
        var (status, title, detail) = (HttpStatusCode.BadRequest, "The order is not valid", "");
        try
        {
            return await ask().WaitAsync(Deadline, time, context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            failed?.Invoke("unknown, the client left");
            throw;
        }
        catch (ArgumentException error) when (HttpMethods.IsPost(context.Request.Method))
        {
            detail = OneLine.MessageOf(error);
        }
        catch (UnauthorizedAccessException error)
        {
            (status, title, detail) = (HttpStatusCode.Forbidden, "The store refuses directives of this process", error.Message);
        }
        catch (InvalidOperationException error) when (error is not ObjectDisposedException)
        {
            (status, title, detail) = (HttpStatusCode.Conflict, "Conflict", error.Message);
        }
        catch (Exception error)
        {
            failed?.Invoke($"unknown, the store failed: {error.GetType().Name}");
            await WriteUnavailableAsync(context, error).ConfigureAwait(false);
            return null;
        }

        failed?.Invoke(detail);
        await ApiResponse.WriteProblemAsync(context, status, title, detail).ConfigureAwait(false);
        return null;
    }

    private Task WriteUnavailableAsync(HttpContext context, Exception error)
    {
        var effect = HttpMethods.IsPost(context.Request.Method) ? "An order may have been issued: look at the directives. " : "";
        return ApiResponse.WriteProblemAsync(
            context,
            new FleetProblem(
                "The store of the fleet does not work",
                (int)HttpStatusCode.ServiceUnavailable,
                OneLine.Of(
                    $"{effect}The breakers decide alone, and the known directives stay in force. {error.GetType().Name}: {error.Message}"
                ),
                Known,
                Current: null
            )
        );
    }
}
