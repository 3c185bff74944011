using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Fluxgate;

/// <summary>Responds with JSON, or with an error as RFC 9457 defines it.</summary>
internal static class ApiResponse
{
    public const string ProblemType = "application/problem+json";

    /// <param name="context">The request.</param>
    /// <param name="status">The status.</param>
    /// <param name="title">What kind of error it is.</param>
    /// <param name="detail">What is wrong with this request, and what is allowed.</param>
    public static Task WriteProblemAsync(HttpContext context, HttpStatusCode status, string title, string detail)
    {
        context.Response.StatusCode = (int)status;
        return WriteJsonAsync(
            context,
            JsonSerializer.SerializeToUtf8Bytes(
                new ProblemResponse("about:blank", title, (int)status, OneLine.Of(detail)),
                DashboardJson.Plain.ProblemResponse
            ),
            ProblemType
        );
    }

    /// <summary>Responds with an error of the fleet, which contains what is known of it.</summary>
    public static Task WriteProblemAsync(HttpContext context, FleetProblem problem)
    {
        context.Response.StatusCode = problem.Status;
        return WriteJsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(problem, DashboardJson.Plain.FleetProblem), ProblemType);
    }

    public static async Task WriteJsonAsync(HttpContext context, byte[] json, string contentType = "application/json")
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = json.Length + 1;
        await context.Response.Body.WriteAsync(json, context.RequestAborted).ConfigureAwait(false);

        // For terminals.
        await context.Response.Body.WriteAsync("\n"u8.ToArray(), context.RequestAborted).ConfigureAwait(false);
    }
}
