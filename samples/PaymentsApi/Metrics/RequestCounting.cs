using System.Globalization;

namespace PaymentsApi;

/// <summary>LabeledCounter requests by method, route and status.</summary>
internal static class RequestCounting
{
    private static readonly HashSet<string> KnownMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    public static void CountRequests(this WebApplication app)
    {
        var metrics = app.Services.GetRequiredService<ServiceMetrics>();
        app.Use(
            async (context, next) =>
            {
                var status = StatusCodes.Status500InternalServerError;
                try
                {
                    await next(context);
                    status = context.Response.StatusCode;
                }
                catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
                {
                    // The client has disconnected.
                    status = StatusCodes.Status499ClientClosedRequest;
                }
                finally
                {
                    metrics.CountRequest(MethodOf(context), RouteOf(context), status.ToString(CultureInfo.InvariantCulture));
                }
            }
        );
    }

    // Clients may send any method and path. As labels they would be unbounded.
    private static string MethodOf(HttpContext context) => KnownMethods.Contains(context.Request.Method) ? context.Request.Method : "other";

    private static string RouteOf(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
}
