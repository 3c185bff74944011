using Grpc.Core;

/// <summary>A client as Grpc.Tools generates it, with one method.</summary>
internal sealed class LedgerClient(CallInvoker calls) : ClientBase(calls)
{
    private static readonly Marshaller<string> Text = Marshallers.StringMarshaller;
    private static readonly Method<string, string> Read = new(MethodType.Unary, "Ledger", "Read", Text, Text);

    public async Task<RpcException> FailAsync()
    {
        try
        {
            throw new InvalidOperationException(await CallInvoker.AsyncUnaryCall(Read, host: null, new CallOptions(), "all"));
        }
        catch (RpcException error)
        {
            return error;
        }
    }
}
