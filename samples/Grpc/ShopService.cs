using Grpc.Core;
using Shops;

/// <summary>The server of the sample, which is down for a while.</summary>
public sealed class ShopService : Shop.ShopBase
{
    /// <summary>Gets or sets whether the shop is down.</summary>
    public static bool IsDown { get; set; }

    public override Task<Receipt> Buy(Order request, ServerCallContext context) =>
        IsDown
            ? throw new RpcException(new Status(StatusCode.Unavailable, "closed for repairs"))
            : Task.FromResult(new Receipt { Text = $"order {request.Number} sold" });
}
