using System.Net;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>A breaker in a client of the gRPC client factory.</summary>
internal static class GrpcClients
{
    public static async Task PassTheirBreaker()
    {
        var services = new ServiceCollection();
        services.AddFluxgate().AddBreaker("ledger", settings => settings.Tripper = Tripper.FailureStreak(1));
        services
            .AddGrpcClient<LedgerClient>(client => client.Address = new("http://ledger.example"))
            .AddFluxgateBreaker("ledger")
            .ConfigurePrimaryHttpMessageHandler(() => new Down());
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<LedgerClient>();

        var failure = Check.Throws<RpcException>(() => client.ReadAsync().GetAwaiter().GetResult(), "a call that fails");
        Check.Equal("closed", failure.Status.Detail, "the status of the server");
        var rejection = Check.Throws<RpcException>(() => client.ReadAsync().GetAwaiter().GetResult(), "an open circuit");
        Check.That(rejection is { StatusCode: StatusCode.Unavailable, InnerException: CallNotPermittedException }, "the rejection");
    }

    /// <summary>A client as Grpc.Tools generates it.</summary>
    internal sealed class LedgerClient(CallInvoker calls) : ClientBase(calls)
    {
        private static readonly Marshaller<string> Text = Marshallers.StringMarshaller;
        private static readonly Method<string, string> Read = new(MethodType.Unary, "Ledger", "Read", Text, Text);

        public async Task<string> ReadAsync() => await CallInvoker.AsyncUnaryCall(Read, host: null, new CallOptions(), "all");
    }

    private sealed class Down : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(HttpStatusCode.OK)
            {
                Version = HttpVersion.Version20,
                Content = new ByteArrayContent([]),
            };
            response.Content.Headers.ContentType = new("application/grpc");
            response.Headers.Add("grpc-status", "14");
            response.Headers.Add("grpc-message", "closed");
            return Task.FromResult(response);
        }
    }
}
