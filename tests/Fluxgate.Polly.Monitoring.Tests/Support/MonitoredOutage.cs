using System.Collections.Concurrent;
using System.Globalization;

namespace Fluxgate;

/// <summary>
/// Two processes of tests/Outage, one of which has an outage, scraped by a real Prometheus that alerts a real Alertmanager, which calls a
/// receiver in the test. The outage is over and scraped after initialization. Nothing runs if the programs are not installed.
/// </summary>
public sealed class MonitoredOutage : IAsyncLifetime
{
    // The last rules of their groups, and the rule that others are derived from.
    private const string LastRules =
        "{__name__=~\"circuit_name:circuit_breaker_trips:rate5m|job_circuit_name:.*:p99_rate5m|instance:circuit_breaker_requests:rate2m\"}";

    private readonly List<IAsyncDisposable> _running = [];
    private Task _watching = Task.CompletedTask;
    private volatile bool _isOver;
    private KitFolder _folder = null!;

    internal KitApi Prometheus { get; private set; } = null!;

    internal KitApi Alertmanager { get; private set; } = null!;

    internal KitWebhook Webhook { get; private set; } = null!;

    /// <summary>The two processes with their counts before the outage.</summary>
    internal IReadOnlyList<KitTarget> Before { get; private set; } = null!;

    /// <summary>The moment after the outage with all scraped and all rules evaluated, and the counts. Expressions are evaluated as of then.</summary>
    internal KitMoment Now { get; private set; } = null!;

    /// <summary>The alerts of Alertmanager, read repeatedly since then: after two minutes some alerts are resolved.</summary>
    internal ConcurrentQueue<
        IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations)>
    > Alerts { get; } = new();

    private string OutputText => string.Join('\n', _running.OfType<KitServer>().Select(server => server.Program.OutputText));

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (KitTools.Missing is not null)
        {
            return;
        }

        _folder = Add(new KitFolder());
        Webhook = Add(new KitWebhook());
        var outage = Add(await KitOutage.StartAsync());
        var quiet = Add(await KitOutage.StartAsync());
        Alertmanager = await StartAlertmanagerAsync();
        Prometheus = await StartPrometheusAsync(outage.Port, quiet.Port);

        // Two scrapes of each before the outage and between the acts: increase() and rate() measure from the first value.
        await UntilAsync("count(count_over_time(circuit_breaker_state_code[1m]) >= 2) == 2 * 12 and on () sum(up) == 2");
        Before = [await TargetAsync("quickstart", outage), await TargetAsync("payments-api", quiet)];
        await outage.PlayAsync("first");
        await UntilAsync(AllScrapedAfter(Text(await TimeAsync())));
        await outage.PlayAsync("second");
        var over = Text(await TimeAsync());
        await UntilAsync(AllScrapedAfter(over));

        // The scrape in which a key appears shows its counts of the scrape before.
        over = Text(await TimeAsync());
        await UntilAsync(AllScrapedAfter(over));
        var scraped = Text(await TimeAsync());

        // A scrape that takes longer than its second on a busy machine leaves a gap, in which circuits are missing: then a later moment is used.
        var moment = 0.0;
        await KitWait.UntilAsync(
            async () => await IsWholeAsync(moment = await PastAsync(), over, scraped),
            () => $"a moment at which everything is there\n{OutputText}"
        );
        Now = new(
            moment,
            [await TargetAsync("quickstart", outage), await TargetAsync("payments-api", quiet)],
            await KitScrapes.UntilAsync(Prometheus, moment)
        )
        {
            Evaluated = (await Prometheus.QueryAsync("max(timestamp(state:circuit_breaker_state:sum))", moment)).Single().Value,
        };
        _watching = WatchAlertsAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        _isOver = true;
        await _watching;
        foreach (var program in Enumerable.Reverse(_running))
        {
            await program.DisposeAsync();
        }
    }

    /// <summary>Evaluates an expression as of the moment after the outage.</summary>
    internal Task<IReadOnlyList<KitSample>> QueryAsync(string expression) => Prometheus.QueryAsync(expression, Now.Time);

    private static async Task<KitTarget> TargetAsync(string job, KitOutage program) =>
        new(job, $"localhost:{program.Port}", await program.CountAsync());

    private static string AllScrapedAfter(string time) => $"count(timestamp(circuit_breaker_state_code) > {time}) == 2 * 12";

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private async Task<double> TimeAsync() => (await Prometheus.QueryAsync("time()")).Single().Value;

    private Task UntilAsync(string expression) =>
        KitWait.UntilAsync(async () => (await Prometheus.QueryAsync(expression)).Count > 0, () => $"{expression}\n{OutputText}");

    /// <summary>Returns a moment after which each target has been scraped and the rules evaluated.</summary>
    private async Task<double> PastAsync()
    {
        var moment = await TimeAsync();
        await UntilAsync($"min(timestamp(up)) > {Text(moment)} and on () min(timestamp({LastRules})) > {Text(moment)}");
        return moment;
    }

    private async Task<bool> IsWholeAsync(double moment, string over, string scraped)
    {
        var whole =
            $"{AllScrapedAfter(over)} and on () min(timestamp({LastRules})) > {scraped} and on () sum(state:circuit_breaker_state:sum) == 2 * 12";
        return (await Prometheus.QueryAsync(whole, moment)).Count > 0;
    }

    private async Task WatchAlertsAsync()
    {
        while (!_isOver)
        {
            try
            {
                Alerts.Enqueue(await KitAlerts.OfAsync(Alertmanager));
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                // The next read tries again.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    private async Task<KitApi> StartAlertmanagerAsync()
    {
        _folder.Copy(
            "alertmanager.yml",
            ("http://localhost:9095/", $"http://localhost:{Webhook.Port}/"),
            ("group_wait: 10s", "group_wait: 0s"),
            ("group_interval: 1m", "group_interval: 1s")
        );
        return Add(await KitServer.AlertmanagerAsync(_folder.Path, Path.Combine(_folder.Path, "alerts"))).Api;
    }

    private async Task<KitApi> StartPrometheusAsync(int outage, int quiet)
    {
        _folder.CopyPrometheus(outage, quiet, Alertmanager.Port);
        return Add(await KitServer.PrometheusAsync(_folder.Path, Path.Combine(_folder.Path, "data"))).Api;
    }

    private T Add<T>(T program)
        where T : IAsyncDisposable
    {
        _running.Add(program);
        return program;
    }
}
