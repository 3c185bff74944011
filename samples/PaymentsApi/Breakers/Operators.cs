using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace PaymentsApi;

/// <summary>
/// Authenticates operators: by any name and the key as the password, so that a browser asks for both and <c>curl -u name:key</c> works. A real service has
/// accounts; what the dashboard needs is a policy and the name of the user.
/// </summary>
internal sealed class Operators(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    Settings settings
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Policy = "operators";

    private const string Basic = "Basic";

    public static void AddTo(IServiceCollection services)
    {
        services.AddAuthentication(Basic).AddScheme<AuthenticationSchemeOptions, Operators>(Basic, null);
        services.AddAuthorizationBuilder().AddPolicy(Policy, policy => policy.RequireAuthenticatedUser());
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Basic realm=\"PaymentsApi\", charset=\"UTF-8\"";
        return Task.CompletedTask;
    }

    private AuthenticateResult Authenticate()
    {
        if (
            settings.ControlKey is not { } key
            || !AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header)
            || !string.Equals(header.Scheme, Basic, StringComparison.OrdinalIgnoreCase)
        )
        {
            return AuthenticateResult.NoResult();
        }

        var decoded = new byte[header.Parameter?.Length ?? 0];
        if (!Convert.TryFromBase64String(header.Parameter ?? "", decoded, out var length))
        {
            return AuthenticateResult.Fail("The credentials are not Base64.");
        }

        var parts = Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2);
        var isOperator = parts is [{ Length: > 0 }, var password] && CryptographicOperations.FixedTimeEquals(Hash(key), Hash(password));
        return isOperator
            ? AuthenticateResult.Success(new(new(new ClaimsIdentity([new(ClaimTypes.Name, parts[0])], Basic)), Basic))
            : AuthenticateResult.Fail("The password is not the key.");
    }

    // Hashes have one length, so that the duration of the comparison reveals nothing about the key.
    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
