using System.Globalization;
using System.Text.Json;

namespace PaymentsApi;

/// <summary>Takes payments: checks for fraud, charges the card, and says at once when that cannot be done now.</summary>
internal sealed class PaymentDesk(FraudCheck fraud, CardProcessor cards, ServiceMetrics metrics, Settings settings, TimeProvider time)
{
    public async Task AnswerAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } payment)
        {
            return;
        }

        metrics.BeginPayment();
        var begun = time.GetTimestamp();
        PaymentAnswer? answer = null;
        try
        {
            (answer, var outage) = await TakeAsync(payment, context.RequestAborted);
            if (outage?.RetryAfter is { } wait)
            {
                context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            }

            await WriteAsync(context, answer, outage?.Status ?? StatusOf(answer));
        }
        finally
        {
            metrics.EndPayment(answer?.Outcome, payment.Amount, time.GetElapsedTime(begun));
        }
    }

    private async Task<(PaymentAnswer Answer, Outage? Outage)> TakeAsync(PaymentRequest payment, CancellationToken cancellationToken)
    {
        var check = "passed";
        try
        {
            if (!await fraud.PassesAsync(payment, cancellationToken))
            {
                return (new(Outcomes.Refused, FraudCheck: "refused"), null);
            }
        }
        catch (Exception error) when (Outage.Behind(error, FraudCheck.Name) is { } outage)
        {
            // The fallback: small amounts are worth the risk, large ones are not.
            if (payment.Amount > settings.AcceptUncheckedUpTo)
            {
                return Without(outage);
            }

            check = $"passed over ({outage.Reason})";
        }

        try
        {
            await cards.ChargeAsync(payment, cancellationToken);
            return (new(Outcomes.Taken, check), null);
        }
        catch (Exception error) when (Outage.Behind(error, CardProcessor.Name) is { } outage)
        {
            return Without(outage);
        }
    }

    private static (PaymentAnswer, Outage) Without(Outage outage) =>
        (new(outage.Outcome, Upstream: outage.Upstream, State: outage.State, Reason: outage.Reason), outage);

    private static int StatusOf(PaymentAnswer answer) =>
        answer.Outcome == Outcomes.Taken ? StatusCodes.Status200OK : StatusCodes.Status402PaymentRequired;

    private static async Task<PaymentRequest?> ReadAsync(HttpContext context)
    {
        string? problem;
        try
        {
            var payment = await JsonSerializer.DeserializeAsync(
                context.Request.Body,
                PaymentsJson.Plain.PaymentRequest,
                context.RequestAborted
            );
            problem = payment is null ? "a payment is an object with amount and card." : payment.Problem;
            if (problem is null)
            {
                return payment;
            }
        }
        catch (JsonException)
        {
            problem = "a payment is JSON such as {\"amount\":20,\"card\":\"4242424242424242\"}.";
        }
        catch (BadHttpRequestException error)
        {
            await WriteAsync(context, new("invalid", Reason: error.Message), error.StatusCode);
            return null;
        }

        await WriteAsync(context, new("invalid", Reason: problem), StatusCodes.Status400BadRequest);
        return null;
    }

    private static async Task WriteAsync(HttpContext context, PaymentAnswer answer, int status)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(answer, PaymentsJson.Plain.PaymentAnswer, cancellationToken: context.RequestAborted);
        await context.Response.WriteAsync("\n", context.RequestAborted);
    }
}
