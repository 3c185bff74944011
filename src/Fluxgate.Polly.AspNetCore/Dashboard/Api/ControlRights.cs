using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>
/// Decides who may control circuits. The control policy is evaluated here, and not by metadata of the endpoint: no convention of the application, such as
/// <c>AllowAnonymous()</c> on everything, can remove it.
/// </summary>
/// <param name="policy">The name of the control policy; <see langword="null"/> if control is off.</param>
internal sealed class ControlRights(string? policy)
{
    private const int LongestUser = 64;

    public bool IsOn => policy is not null;

    /// <summary>Evaluates the policy for the user of a request, as the authorization middleware does.</summary>
    /// <returns>The result; <see langword="null"/> if control is off.</returns>
    /// <exception cref="InvalidOperationException">The policy does not exist any longer.</exception>
    public async Task<PolicyAuthorizationResult?> EvaluateAsync(HttpContext context)
    {
        if (policy is null)
        {
            return null;
        }

        var found = await FindAsync(context, policy).ConfigureAwait(false);
        var evaluator = context.RequestServices.GetRequiredService<IPolicyEvaluator>();
        var authenticated = await evaluator.AuthenticateAsync(found, context).ConfigureAwait(false);
        return await evaluator.AuthorizeAsync(found, authenticated, context, context).ConfigureAwait(false);
    }

    /// <summary>Asks the user to authenticate, with the schemes of the policy.</summary>
    public async Task ChallengeAsync(HttpContext context)
    {
        var schemes = (await FindAsync(context, policy!).ConfigureAwait(false)).AuthenticationSchemes;
        if (schemes.Count == 0)
        {
            await context.ChallengeAsync().ConfigureAwait(false);
        }

        foreach (var scheme in schemes)
        {
            await context.ChallengeAsync(scheme).ConfigureAwait(false);
        }
    }

    /// <summary>Returns the name of a user for logs and reasons, on one line and bounded; <see langword="null"/> if the user has none.</summary>
    public static string? NameOf(ClaimsPrincipal user)
    {
        var name = user.Identity?.Name ?? (user.FindFirst(ClaimTypes.NameIdentifier) ?? user.FindFirst("sub"))?.Value;
        return string.IsNullOrWhiteSpace(name) ? null : OneLine.Of(name.Length > LongestUser ? $"{name[..LongestUser]}…" : name);
    }

    private static async Task<AuthorizationPolicy> FindAsync(HttpContext context, string policy) =>
        await context.RequestServices.GetRequiredService<IAuthorizationPolicyProvider>().GetPolicyAsync(policy).ConfigureAwait(false)
        ?? throw new InvalidOperationException($"ControlPolicy must be the name of an authorization policy, but none is named '{policy}'.");
}
