using System.Net;
using System.Net.Http.Headers;
using Polly;

namespace Fluxgate;

/// <summary>The values that HttpBreak.RetryAfter reads from a response (RFC 9110, 10.2.3).</summary>
public sealed class RetryAfterHeaders
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 1, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("120", 120d)]
    [InlineData("0", 0d)]
    [InlineData("2147483647", 2147483647d)]
    [InlineData("Thu, 01 Jan 2026 01:00:30 GMT", 30d)]
    [InlineData("Thu, 01 Jan 2026 00:59:00 GMT", -60d)]
    [InlineData("soon", null)]
    [InlineData("-5", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Seconds_are_relative_and_a_date_counts_from_now_without_Date(string? header, double? seconds)
    {
        using var response = Response(header);

        Assert.Equal(seconds, HttpBreak.CreateRetryAfter(AtNow())(Outcome.FromResult(response))?.TotalSeconds);
    }

    [Theory]
    [InlineData("Thu, 01 Jan 2026 05:00:45 GMT", 45d)]
    [InlineData("Thu, 01 Jan 2026 04:59:00 GMT", -60d)]
    [InlineData("90", 90d)]
    public void A_date_counts_from_the_Date_of_the_response(string header, double seconds)
    {
        using var response = Response(header);
        response.Headers.Date = Now.AddHours(4);

        Assert.Equal(seconds, HttpBreak.CreateRetryAfter(AtNow())(Outcome.FromResult(response))?.TotalSeconds);
        Assert.Equal(seconds, HttpBreak.RetryAfter(Outcome.FromResult(response))?.TotalSeconds);
    }

    [Fact]
    public void The_default_clock_is_the_system_clock()
    {
        using var response = Response(null);
        response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeProvider.System.GetUtcNow().AddDays(1));

        var hint = HttpBreak.RetryAfter(Outcome.FromResult(response));

        Assert.InRange(hint!.Value, TimeSpan.FromHours(23), TimeSpan.FromHours(25));
    }

    [Fact]
    public void An_exception_or_a_null_response_has_no_hint()
    {
        Assert.Null(HttpBreak.RetryAfter(Outcome.FromException<HttpResponseMessage>(new HttpRequestException())));
        Assert.Null(HttpBreak.RetryAfter(Outcome.FromResult<HttpResponseMessage>(null)));
    }

    [Fact]
    public void A_clock_is_required() =>
        Assert.Equal("timeProvider", Assert.Throws<ArgumentNullException>(() => HttpBreak.CreateRetryAfter(null!)).ParamName);

    private static VirtualTime AtNow()
    {
        var time = new VirtualTime();
        time.JumpWallClock(Now - time.GetUtcNow());
        return time;
    }

    private static HttpResponseMessage Response(string? retryAfter)
    {
        var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        if (retryAfter is not null)
        {
            response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        }

        return response;
    }
}
