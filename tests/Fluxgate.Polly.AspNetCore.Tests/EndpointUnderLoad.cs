using System.Net;

namespace Fluxgate;

public sealed class EndpointUnderLoad
{
    [Fact]
    public async Task Ten_concurrent_scrapes_during_transitions_are_complete()
    {
        await using var served = await ServedApplication.StartAsync();
        await using var driver = new Drivers(_ =>
        {
            served.Breaker.Trip();
            served.Breaker.Reset();
        });

        for (var i = 0; i < 10; i++)
        {
            var pages = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => served.ScrapeAsync()));
            Assert.All(pages, page => Assert.Single(page.CurrentStates("payments")));
        }
    }

    [Fact]
    public async Task At_most_two_concurrent_scrapes_are_rendered_at_a_time()
    {
        using var gate = new ScrapeGate();
        await using var served = await ServedApplication.StartAsync(family: gate.Family);
        var first = served.ScrapeAsync();
        await gate.EnteredAsync();
        var asked = Enumerable.Range(0, 40).Select(_ => served.ScrapeAsync()).ToArray();
        await gate.EnteredAsync();

        gate.Open();
        var pages = await Task.WhenAll(asked.Append(first));

        Assert.All(gate.Crowds, crowd => Assert.InRange(crowd, 1, 2));
        Assert.All(pages, page => Assert.Single(page.CurrentStates("payments")));
        await ScrapeWaiting.UntilAsync(() => served.Pool.Out == 0, "the return of all memory");
    }

    [Fact]
    public async Task An_aborted_request_does_not_affect_other_requests()
    {
        using var gate = new ScrapeGate();
        await using var served = await ServedApplication.StartAsync(family: gate.Family);
        using var over = new CancellationTokenSource();
        var leaves = served.Client.GetAsync("/metrics", over.Token);
        await gate.EnteredAsync();
        var stays = served.ScrapeAsync();
        await gate.EnteredAsync();

        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        gate.Open();

        Assert.Equal(["closed"], (await stays).CurrentStates("payments"));
        await ScrapeWaiting.UntilAsync(() => served.Pool.Out == 0, "the return of all memory");
        Assert.Empty(served.Log.Errors);
    }

    [Fact]
    public async Task A_client_that_disconnects_mid_response_does_not_affect_others()
    {
        var value = new string('x', 64 * 1024);
        var large = MetricFamily.Gauge(
            "large",
            "A page of 32 MB.",
            ["value"],
            samples =>
            {
                for (var i = 0; i < 512; i++)
                {
                    samples.Add(i, $"{i}{value}");
                }
            }
        );
        await using var served = await ServedApplication.StartAsync(family: large);
        for (var i = 0; i < 3; i++)
        {
            using var leaving = await served.ConnectAndAskAsync();
            await ScrapeWaiting.UntilAsync(() => leaving.Available > 0, "the start of sending");
        }

        await ScrapeWaiting.UntilAsync(() => served.Pool.Out == 0, "the end of sending");
        Assert.Equal(0, served.Pool.UnknownReturns);
        Assert.Equal(["closed"], (await served.ScrapeAsync()).CurrentStates("payments"));
        Assert.Empty(served.Log.Errors);
    }

    [Fact]
    public async Task A_hanging_callback_returns_503_with_Retry_After()
    {
        using var gate = new ScrapeGate();
        var time = new VirtualTime();
        await using var served = await ServedApplication.StartAsync(time: time, family: gate.Family);
        var asked = served.AskAsync();
        await gate.EnteredAsync();
        await ScrapeWaiting.UntilAsync(() => time.ArmedTimers == 1, "the timeout of the request");

        time.Advance(TimeSpan.FromSeconds(8));
        using var response = await asked;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
        Assert.NotEqual("", await response.Content.ReadAsStringAsync());
        gate.Open();
        Assert.Equal(HttpStatusCode.OK, (await served.AskAsync()).StatusCode);
        Assert.Empty(served.Log.Errors);
    }
}
