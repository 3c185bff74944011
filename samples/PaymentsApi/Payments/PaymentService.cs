using System.Globalization;
using System.Text.Json;

namespace PaymentsApi;

/// <summary>Takes payments: checks for fraud and charges the card. It fails fast while a circuit is open.</summary>
internal sealed class PaymentService(FraudCheck fraud, CardProcessor cards, ServiceMetrics metrics, Settings settings, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } payment)
        {
            return;
        }

        metrics.BeginPayment();
        var start = time.GetTimestamp();
        PaymentResponse? response = null;
        try
        {
            (response, var error) = await TakeAsync(payment, context.RequestAborted);
            if (error?.RetryAfter is { } wait)
            {
                context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            }

            await WriteAsync(context, response, error?.Status ?? StatusOf(response));
        }
        finally
        {
            metrics.EndPayment(response?.Outcome, payment.Amount, time.GetElapsedTime(start));
        }
    }

    private async Task<(PaymentResponse Response, UpstreamError? UpstreamError)> TakeAsync(
        PaymentRequest payment,
        CancellationToken cancellationToken
    )
    {
        var check = "passed";
        try
        {
            if (!await fraud.PassesAsync(payment, cancellationToken))
            {
                return (new(Outcomes.Declined, FraudCheck: "declined"), null);
            }
        }
        catch (Exception exception) when (UpstreamError.From(exception, FraudCheck.Name) is { } error)
        {
            // The fallback: small amounts are accepted without a check.
            if (payment.Amount > settings.AcceptUncheckedUpTo)
            {
                return Failed(error);
            }

            check = $"skipped ({error.Reason})";
        }

        try
        {
            await cards.ChargeAsync(payment, cancellationToken);
            return (new(Outcomes.Taken, check), null);
        }
        catch (Exception exception) when (UpstreamError.From(exception, CardProcessor.Name) is { } error)
        {
            return Failed(error);
        }
    }

    private static (PaymentResponse, UpstreamError) Failed(UpstreamError error) =>
        (new(error.Outcome, Upstream: error.Upstream, State: error.State, Reason: error.Reason), error);

    private static int StatusOf(PaymentResponse response) =>
        response.Outcome == Outcomes.Taken ? StatusCodes.Status200OK : StatusCodes.Status402PaymentRequired;

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
            problem = payment is null ? "a payment must be a JSON object with amount and card." : payment.Problem;
            if (problem is null)
            {
                return payment;
            }
        }
        catch (JsonException)
        {
            problem = "a payment must be JSON such as {\"amount\":20,\"card\":\"4242424242424242\"}.";
        }
        catch (BadHttpRequestException error)
        {
            await WriteAsync(context, new("invalid", Reason: error.Message), error.StatusCode);
            return null;
        }

        await WriteAsync(context, new("invalid", Reason: problem), StatusCodes.Status400BadRequest);
        return null;
    }

    private static async Task WriteAsync(HttpContext context, PaymentResponse response, int status)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(response, PaymentsJson.Plain.PaymentResponse, cancellationToken: context.RequestAborted);
        await context.Response.WriteAsync("\n", context.RequestAborted);
    }
}
