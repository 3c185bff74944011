using System.Security.Cryptography;
using System.Text;

namespace PaymentsApi;

/// <summary>Rejects requests without the key. The comparison takes constant time, so that its duration reveals nothing about the key.</summary>
internal sealed class ControlKeyFilter(string key) : IEndpointFilter
{
    public const string Header = "X-Control-Key";

    private readonly byte[] _hash = Hash(key);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (CryptographicOperations.FixedTimeEquals(_hash, Hash(http.Request.Headers[Header].ToString())))
        {
            return await next(context);
        }

        http.Response.Headers.WWWAuthenticate = Header;
        return TypedResults.Text($"The header {Header} must contain the key.\n", statusCode: StatusCodes.Status401Unauthorized);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
