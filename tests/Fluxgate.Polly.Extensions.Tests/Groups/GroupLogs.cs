using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

public sealed class GroupLogs : IDisposable
{
    private const string Forged = "acme\r\nfail: everything\u001b[2J\u202e";

    private readonly VirtualTime _time = new();
    private readonly RecordedLog<LogListener> _log = new();
    private readonly LogListener _listener;
    private readonly BreakerGroup _group;

    public GroupLogs()
    {
        _listener = new(_log);
        _group = new(
            "tenants",
            new() { Tripper = Tripper.FailureStreak(1), Listeners = { _listener } },
            new()
            {
                MaxBreakers = 2,
                MaxOpenRatio = 0.5,
                IdleTimeout = TimeSpan.FromMinutes(10),
            },
            _time
        );
    }

    public void Dispose() => _group.Dispose();

    [Fact]
    public void A_full_group_is_a_warning()
    {
        Fill();
        var entry = Assert.Single(_log.Entries);
        Assert.Equal((LogLevel.Warning, 17, "CircuitGroupFull"), (entry.Level, entry.Id.Id, entry.Id.Name));
        Assert.Equal(
            "All 2 places of group tenants are taken, so further keys share circuit tenants (shared). Increase MaxBreakers if the group has that many keys.",
            entry.Text
        );
        Assert.Equal(("tenants", 2), (entry.Properties["GroupName"], entry.Properties["MaxBreakers"]));
    }

    [Fact]
    public void A_group_that_is_full_again_and_again_is_one_line_a_minute()
    {
        _group.Reconfigure(new(), new() { MaxBreakers = 2, IdleTimeout = TimeSpan.FromSeconds(1) });
        for (var second = 0; second < 600; second++)
        {
            Fill(second);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _time.Advance(TimeSpan.FromMinutes(2));
        var texts = _log.Entries.Where(entry => entry.Id.Id is 15 or 17).Select(entry => entry.Text).ToArray();
        Assert.InRange(texts.Length, 2, 12);
        Assert.EndsWith(" more notices were not logged within 1m: all places of the group were taken.", texts[1]);
    }

    [Fact]
    public void A_transition_of_a_key_has_its_name_on_one_line()
    {
        _group.GetOrAdd(Forged).Trip();
        var entry = Assert.Single(_log.Entries);
        Assert.StartsWith("Circuit tenants/acme  fail: everything [2J  opened: ", entry.Text);
        Assert.Equal("tenants/acme  fail: everything [2J ", entry.Properties["CircuitName"]);
    }

    [Fact]
    public void No_key_or_group_name_forges_a_line_in_any_notice()
    {
        using var group = new BreakerGroup(
            "ten\nants",
            new() { Tripper = Tripper.FailureStreak(1), Listeners = { _listener } },
            new()
            {
                MaxBreakers = 2,
                MaxOpenRatio = 0.5,
                Overrides = { [Forged] = new() },
            },
            _time
        );
        group.GetOrAdd("first").Fail();
        var forged = group.GetOrAdd(Forged);
        group.Reconfigure(
            new() { Tripper = Tripper.FailureStreak(1) },
            new()
            {
                MaxBreakers = 2,
                MaxOpenRatio = 0.5,
                Overrides =
                {
                    [Forged] = new() { Tripper = Tripper.FailureStreak(1), Permit = new Throwing() },
                },
            }
        );
        forged.Fail(3);
        group.GetOrAdd("third");
        forged.Probe();
        forged.TryAdmit(out _);
        forged.TryAdmit(out _);
        group.Dispose();
        Assert.Equal([1, 2, 11, 12, 14, 15, 17], _log.Entries.Select(entry => entry.Id.Id).Distinct().Order());
        Assert.All(_log.Entries, entry => Assert.DoesNotContain(entry.Text, letter => !OneLine.IsHarmless(letter)));
    }

    [Fact]
    public void Nothing_is_kept_for_a_breaker_that_was_evicted()
    {
        for (var key = 0; key < 1_000; key++)
        {
            var breaker = _group.GetOrAdd($"tenant-{key}", evenIfFull: true);
            breaker.MetricsOnly();
            breaker.Fail(2);
            breaker.Reset();
        }

        Assert.Equal(1_000, Kept("_clocks") - 1);
        for (var minutes = 0; minutes < 20; minutes++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.True(SpinWait.SpinUntil(() => Kept("_clocks") == 1, DiContainer.Deadline));
        Assert.Equal(0, _group.Count);
        Assert.Equal(0, Kept("_active"));
    }

    [Fact]
    public void A_new_breaker_of_a_key_keeps_its_clock_when_the_old_one_is_detached()
    {
        using var evicted = new FluxgateBreaker("tenants/acme", null, _time);
        _listener.OnAttached(evicted);
        using var next = new FluxgateBreaker(
            "tenants/acme",
            new()
            {
                InitialState = BreakerState.MetricsOnly,
                Tripper = Tripper.FailureStreak(1),
                Listeners = { _listener },
            },
            _time
        );
        _listener.OnDetached(evicted);
        next.Fail(3);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([11, 15], _log.Entries.Select(entry => entry.Id.Id));
    }

    [Fact]
    public void The_end_of_one_of_many_circuits_does_not_read_the_others()
    {
        Assert.InRange(
            Growth.OfTime(
                250,
                count =>
                {
                    var limit = new RepeatLimit();
                    for (var circuit = 0; circuit < count; circuit++)
                    {
                        limit.ShouldReport($"circuit-{circuit}", "kind", TimeProvider.System, _ => { });
                    }

                    return () =>
                    {
                        for (var circuit = 0; circuit < count; circuit++)
                        {
                            limit.End($"circuit-{circuit}");
                        }
                    };
                }
            ),
            0,
            Growth.MostOfTime
        );
    }

    [Fact]
    public async Task Slack_receives_few_requests_at_a_time_when_many_circuits_open()
    {
        using var slack = new Waiting();
        using var client = new HttpClient(slack);
        using var listener = new SlackListener(new() { WebhookUrl = new("https://hooks.slack.example/T/B/X") }, client: client);
        await using var group = new BreakerGroup(
            "tenants",
            new() { Listeners = { listener }, ListenerFlushTimeout = DiContainer.Deadline }
        );
        for (var key = 0; key < 50; key++)
        {
            group.GetOrAdd($"tenant-{key}").Trip();
        }

        await slack.Full.Task.WaitAsync(DiContainer.Deadline);
        slack.Go.SetResult();
        await group.DisposeAsync();
        Assert.Equal((4, 50), (slack.Most, slack.Requests));
    }

    private void Fill(int round = 0)
    {
        for (var key = 0; key < 4; key++)
        {
            _group.GetOrAdd($"tenant-{round}-{key}");
        }
    }

    private int Kept(string field)
    {
        object owner = field == "_active" ? Field(_listener, "_limit") : _listener;
        return ((ICollection)Field(owner, field)).Count;
    }

    private static object Field(object owner, string name) =>
        owner.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(owner)!;

    /// <summary>Counts the requests at a time. They wait for a sign.</summary>
    private sealed class Waiting : HttpMessageHandler
    {
        private readonly object _gate = new();
        private int _now;

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Full { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Most { get; private set; }

        public int Requests { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            lock (_gate)
            {
                Requests++;
                Most = Math.Max(Most, ++_now);
                if (Most == 4)
                {
                    Full.TrySetResult();
                }
            }

            await Go.Task.WaitAsync(cancellationToken);
            lock (_gate)
            {
                _now--;
            }

            return new() { Content = new StringContent("ok") };
        }
    }

    private sealed class Throwing : Permit
    {
        public override bool Admits(in PermitContext context) => throw new InvalidOperationException();
    }
}
