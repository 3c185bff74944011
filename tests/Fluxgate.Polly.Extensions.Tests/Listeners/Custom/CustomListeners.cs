using System.Data;
using System.Net;

namespace Fluxgate;

public sealed class CustomListeners
{
    [Fact]
    public async Task A_webhook_receives_every_transition()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        using var client = new HttpClient();
        var breaker = new FluxgateBreaker(
            "pay \"ments\"",
            new() { Listeners = { new WebhookListener(client, upstream.Address) }, ListenerFlushTimeout = TimeSpan.FromSeconds(60) }
        );

        breaker.Trip("the vendor called");
        breaker.Reset("it is over");
        await breaker.DisposeAsync();

        Assert.Equal(
            [
                """POST {"circuit":"pay \u0022ments\u0022","state":"open","reason":"the vendor called"}""",
                """POST {"circuit":"pay \u0022ments\u0022","state":"closed","reason":"it is over"}""",
            ],
            upstream.Requests
        );
    }

    [Fact]
    public async Task A_webhook_that_fails_is_counted_and_affects_nothing_else()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        upstream.Answers(HttpUpstream.Status(HttpStatusCode.InternalServerError));
        using var client = new HttpClient();
        var breaker = new FluxgateBreaker(
            "payments",
            new() { Listeners = { new WebhookListener(client, upstream.Address) }, ListenerFlushTimeout = TimeSpan.FromSeconds(60) }
        );

        breaker.Trip();
        await breaker.DisposeAsync();

        Assert.Equal(BreakerState.Open, breaker.State);
        Assert.Equal(1, breaker.Snapshot().UserErrors(UserErrorSource.Listener));
    }

    [Fact]
    public void An_audit_table_has_a_row_for_every_transition()
    {
        using var table = Table();
        var world = new World(new() { Tripper = Tripper.FailureStreak(2), Listeners = { new AuditTableListener(table) } });

        world.Fail(2);
        world.Breaker.Reset("the vendor called");

        Assert.Equal(
            ["payments 1 closed open FailureStreak 2 >= 2", "payments 2 open closed the vendor called"],
            table.Rows.Cast<DataRow>().Select(row => string.Join(' ', row.ItemArray[1..]))
        );
        Assert.Equal(world.Time.GetUtcNow(), table.Rows[0]["at"]);
    }

    [Fact]
    public void An_audit_table_serves_many_breakers_concurrently_without_a_gap()
    {
        using var table = Table();
        var audit = new AuditTableListener(table);

        Parallel.For(
            0,
            20,
            number =>
            {
                using var breaker = new FluxgateBreaker($"circuit {number}", new() { Listeners = { audit } });
                for (var i = 0; i < 10; i++)
                {
                    breaker.Trip();
                    breaker.Reset();
                }
            }
        );

        foreach (var circuit in table.Rows.Cast<DataRow>().GroupBy(row => row["circuit"]))
        {
            Assert.Equal(Enumerable.Range(1, 20).Select(number => (long)number), circuit.Select(row => (long)row["number"]));
        }

        Assert.Equal(400, table.Rows.Count);
    }

    private static DataTable Table() =>
        new()
        {
            Columns =
            {
                { "at", typeof(DateTimeOffset) },
                { "circuit", typeof(string) },
                { "number", typeof(long) },
                { "old_state", typeof(string) },
                { "new_state", typeof(string) },
                { "reason", typeof(string) },
            },
        };
}
