using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>Checks, while the application starts, that somebody decided who may see the dashboard, and that the policies exist.</summary>
internal static class DashboardAccess
{
    private const int MostViewers = 10_000;

    /// <exception cref="InvalidOperationException">The options are invalid. The message names the choices.</exception>
    public static void Check(FluxgateDashboardOptions options, IServiceProvider services)
    {
        if (options.Policy is null == !options.AllowAnonymous)
        {
            throw new InvalidOperationException(
                "MapFluxgateDashboard must be told who may see the dashboard: "
                    + "set options.Policy to the name of an authorization policy, or options.AllowAnonymous to true, and not both."
            );
        }

        if (options.MaxViewers is < 1 or > MostViewers)
        {
            throw new InvalidOperationException(
                $"MaxViewers must be at least 1 and at most {RuleText.Number(MostViewers)}, but is {RuleText.Number(options.MaxViewers)}."
            );
        }

        CheckPolicy(nameof(options.Policy), options.Policy, services);
        CheckPolicy(nameof(options.ControlPolicy), options.ControlPolicy, services);
    }

    private static void CheckPolicy(string option, string? policy, IServiceProvider services)
    {
        if (policy is null)
        {
            return;
        }

        if (services.GetService<IAuthorizationPolicyProvider>() is not { } provider || services.GetService<IPolicyEvaluator>() is null)
        {
            throw new InvalidOperationException(
                $"{option} is '{policy}', but the application has no authorization: call services.AddAuthorization()."
            );
        }

        // A provider that reads policies from elsewhere is asked for each request, and not waited for here.
        if (provider.GetPolicyAsync(policy) is { IsCompletedSuccessfully: true, Result: null })
        {
            throw new InvalidOperationException($"{option} must be the name of an authorization policy, but none is named '{policy}'.");
        }
    }
}
