using System.Net;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>A gRPC server on loopback without TLS.</summary>
public sealed class ShopServer : IAsyncLifetime
{
    public const string Hang = "hang";
    public const string Reset = "reset";
    public const string SendHeadersAndHang = "headers";
    public const string Wait = "wait";
    public const string FailTwice = "fail twice";
    public const string PushBack = "push back";

    private readonly WebApplication _application;

    public ShopServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(State);
        _application = builder.Build();
        _application.MapGrpcService<ShopService>();
    }

    public Uri Address { get; private set; } = null!;

    internal ShopState State { get; } = new();

    public async Task InitializeAsync()
    {
        await _application.StartAsync();
        var addresses = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Address = new(addresses.Addresses.Single());
    }

    public async Task DisposeAsync() => await _application.DisposeAsync();

    /// <summary>Creates a client whose calls pass a breaker.</summary>
    internal Shop.ShopClient ClientOf(
        FluxgateBreaker breaker,
        FluxgateInterceptorOptions? options = null,
        GrpcChannelOptions? channel = null
    ) => ClientOf(new FluxgateInterceptor(breaker, options ?? new()), channel);

    internal Shop.ShopClient ClientOf(Interceptor interceptor, GrpcChannelOptions? channel = null) =>
        new(GrpcChannel.ForAddress(Address, channel ?? new()).Intercept(interceptor));

    internal static Order Order(string then = "", int receipts = 0) => new() { Then = then, Receipts = receipts };

    internal static Order Order(StatusCode then, int receipts = 0) => Order(then.ToString(), receipts);
}
