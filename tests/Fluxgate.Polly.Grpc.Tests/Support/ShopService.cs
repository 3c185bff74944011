using Grpc.Core;

namespace Fluxgate;

/// <summary>A service that does what each order says: it sends receipts, and then ends, fails, hangs or resets the stream.</summary>
internal sealed class ShopService(ShopState state) : Shop.ShopBase
{
    public override async Task<Receipt> Buy(Order request, ServerCallContext context)
    {
        await EndAsync(request, context);
        return new() { Number = 1 };
    }

    public override async Task Watch(Order request, IServerStreamWriter<Receipt> responseStream, ServerCallContext context)
    {
        await SendAsync(request, responseStream, context);
        await EndAsync(request, context);
    }

    public override async Task<Receipt> Upload(IAsyncStreamReader<Order> requestStream, ServerCallContext context)
    {
        var orders = 0;
        await foreach (var order in requestStream.ReadAllAsync())
        {
            orders++;
            await EndAsync(order, context);
        }

        return new() { Number = orders };
    }

    public override async Task Talk(
        IAsyncStreamReader<Order> requestStream,
        IServerStreamWriter<Receipt> responseStream,
        ServerCallContext context
    )
    {
        await foreach (var order in requestStream.ReadAllAsync())
        {
            await SendAsync(order, responseStream, context);
            await EndAsync(order, context);
        }
    }

    private static async Task SendAsync(Order order, IServerStreamWriter<Receipt> receipts, ServerCallContext context)
    {
        for (var number = 1; number <= order.Receipts; number++)
        {
            await receipts.WriteAsync(new() { Number = number }, context.CancellationToken);
        }
    }

    private async Task EndAsync(Order order, ServerCallContext context)
    {
        var attempt = state.Receive(context);
        switch (order.Then)
        {
            case ShopServer.Hang:
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
                break;
            case ShopServer.Reset:
                context.GetHttpContext().Abort();
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
                break;
            case ShopServer.SendHeadersAndHang:
                await context.WriteResponseHeadersAsync([]);
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
                break;
            case ShopServer.Wait:
                await state.Gate.WaitAsync(context.CancellationToken);
                break;
            case ShopServer.FailTwice when attempt > 2:
                break;
            case ShopServer.FailTwice:
                throw new RpcException(new(StatusCode.Unavailable, "busy"));
            case ShopServer.PushBack:
                context.ResponseTrailers.Add("grpc-retry-pushback-ms", "7000");
                throw new RpcException(new(StatusCode.Unavailable, "busy"));
            case "":
                if (state.IsDown)
                {
                    throw new RpcException(new(StatusCode.Unavailable, "down"));
                }

                break;
            default:
                throw new RpcException(new(Enum.Parse<StatusCode>(order.Then), "as ordered"), new Metadata { { "order", "42" } });
        }
    }
}
