using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>What each action needs: the right of its user, an origin that is not another site, and a reason.</summary>
internal sealed class ControlGuard(ControlRights rights, ILogger log)
{
    public const int LongestReason = 200;

    private const string NoName = "an unnamed user";

    /// <summary>Returns the name of the user for logs and reasons.</summary>
    public static string UserOf(HttpContext context) => ControlRights.NameOf(context.User) ?? NoName;

    /// <summary>Checks a reason, which is trimmed, or responds with an error.</summary>
    public static async Task<bool> HasReasonAsync(HttpContext context, string reason)
    {
        if (reason.Length is > 0 and <= LongestReason && !reason.Any(char.IsControl))
        {
            return true;
        }

        await ApiResponse
            .WriteProblemAsync(
                context,
                HttpStatusCode.BadRequest,
                "A reason is required",
                $"reason must have 1 to {RuleText.Number(LongestReason)} characters, and no line breaks or other control characters."
            )
            .ConfigureAwait(false);
        return false;
    }

    /// <summary>Checks the right of the user and the origin of the request, or responds with an error and logs the refusal.</summary>
    /// <param name="context">The request.</param>
    /// <param name="action">What is asked, for the log.</param>
    /// <param name="target">For what it is asked, for the log.</param>
    public async Task<bool> IsAllowedAsync(HttpContext context, string action, string target)
    {
        if (await rights.EvaluateAsync(context).ConfigureAwait(false) is not { } result)
        {
            await ApiResponse
                .WriteProblemAsync(
                    context,
                    HttpStatusCode.NotFound,
                    "Control is off",
                    "Set ControlPolicy where the dashboard is mapped to turn it on."
                )
                .ConfigureAwait(false);
            return false;
        }

        if (result.Challenged)
        {
            Refuse("not authenticated");
            await rights.ChallengeAsync(context).ConfigureAwait(false);
            return false;
        }

        if (!result.Succeeded)
        {
            Refuse("no right to control circuits");
            await ApiResponse
                .WriteProblemAsync(context, HttpStatusCode.Forbidden, "Forbidden", "You do not have the right to control circuits.")
                .ConfigureAwait(false);
            return false;
        }

        if (await RequestOrigin.ReasonToRefuseAsync(context).ConfigureAwait(false) is { } why)
        {
            Refuse(why);
            await ApiResponse.WriteProblemAsync(context, HttpStatusCode.Forbidden, "Refused", why).ConfigureAwait(false);
            return false;
        }

        return true;

        void Refuse(string why) => ControlLog.Refused(log, UserOf(context), action, target, why);
    }
}
