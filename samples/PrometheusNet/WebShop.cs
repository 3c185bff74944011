using Fluxgate;
using Polly.Registry;
using Prometheus;

namespace PrometheusNet;

/// <summary>
/// A web application. <c>GET /orders/{item}</c> calls the supplier through the breaker, <c>PUT /supplier/down</c> and
/// <c>PUT /supplier/up</c> start and end an outage, and <c>/metrics</c> is prometheus-net's page with requests, orders and the circuit.
/// </summary>
internal static class WebShop
{
    private static readonly Counter Orders = Metrics.CreateCounter("orders_total", "Orders by outcome.", "outcome");

    public static async Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddSupplier();
        await using var shop = builder.Build();
        shop.UseHttpMetrics();
        shop.MapMetrics();
        shop.MapGet("/orders/{item}", OrderAsync);
        shop.MapPut("/supplier/{state:regex(^(up|down)$)}", (string state, Supplier supplier) => supplier.IsDown = state == "down");
        await shop.RunAsync();
    }

    private static async Task<IResult> OrderAsync(string item, Supplier supplier, ResiliencePipelineProvider<string> pipelines)
    {
        var outcome = "failed";
        try
        {
            var stock = await pipelines.GetPipeline(SupplierBreaker.Name).ExecuteAsync(async _ => await supplier.StockOfAsync(item));
            outcome = "taken";
            return Results.Ok($"{stock} of {item} in stock");
        }
        catch (CallNotPermittedException rejection)
        {
            outcome = "rejected";
            return Results.Problem(rejection.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
        catch (HttpRequestException error)
        {
            return Results.Problem(error.Message, statusCode: StatusCodes.Status502BadGateway);
        }
        finally
        {
            Orders.WithLabels(outcome).Inc();
        }
    }
}
