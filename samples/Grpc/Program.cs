using System.Net;
using Fluxgate;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Shops;

#region samples/Grpc/README.md: A complete program
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
    kestrel.Listen(IPAddress.Loopback, port: 0, endpoint => endpoint.Protocols = HttpProtocols.Http2)
);
builder.Services.AddGrpc();
await using var server = builder.Build();
server.MapGrpcService<ShopService>();
await server.StartAsync();

var services = new ServiceCollection();
services
    .AddFluxgate()
    .AddBreaker(
        "shop",
        settings =>
        {
            settings.Tripper = Tripper.FailureStreak(3);
            settings.BreakDuration = BreakDuration.Fixed(TimeSpan.FromMilliseconds(300));
            settings.Permit = Permit.All;
            settings.Recovery = Recovery.AfterProbes(2);
            settings.Listeners.Add(signal => Console.WriteLine($"   {signal.OldState} -> {signal.NewState}: {signal.Reason}"));
        }
    );
services.AddGrpcClient<Shop.ShopClient>(client => client.Address = new Uri(server.Urls.Single())).AddFluxgateBreaker("shop");
await using var provider = services.BuildServiceProvider();
var shop = provider.GetRequiredService<Shop.ShopClient>();

for (var number = 1; number <= 9; number++)
{
    ShopService.IsDown = number is > 1 and < 7;
    if (number == 7)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(400)); // the outage ends, and so does the break
    }

    try
    {
        Console.WriteLine((await shop.BuyAsync(new Order { Number = number })).Text);
    }
    catch (RpcException error) when (error.InnerException is CallNotPermittedException rejection)
    {
        Console.WriteLine($"order {number} not sent, {error.StatusCode}: {rejection.Reason}");
    }
    catch (RpcException error)
    {
        Console.WriteLine($"order {number} failed, {error.StatusCode}: {error.Status.Detail}");
    }
}
#endregion
