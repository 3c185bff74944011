using System.Security.Cryptography;
using System.Text;

namespace PaymentsApi;

/// <summary>Lets in who knows the key. How long that takes tells nothing about how much of a guess was right, nor how long the key is.</summary>
internal sealed class ControlKey(string key) : IEndpointFilter
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
        return TypedResults.Text($"The header {Header} must hold the key.\n", statusCode: StatusCodes.Status401Unauthorized);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
