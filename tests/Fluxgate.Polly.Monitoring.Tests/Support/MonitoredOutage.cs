using System.Globalization;
using Outage;

namespace Fluxgate;

/// <summary>
/// Two processes of tests/Outage, one of which has an outage, scraped by a real Prometheus that alerts a real Alertmanager, which calls a
/// receiver in the test. Everything is over and scraped when it is initialized. Nothing runs where the programs are not installed.
/// </summary>
public sealed class MonitoredOutage : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _running = [];
    private KitFolder _folder = null!;

    internal KitApi Prometheus { get; private set; } = null!;

    internal KitApi Alertmanager { get; private set; } = null!;

    internal KitWebhook Webhook { get; private set; } = null!;

    /// <summary>What the process with the outage counted itself, by circuit.</summary>
    internal IReadOnlyDictionary<string, Counted> Counted { get; private set; } = null!;

    /// <summary>When the outage was over, all of it scraped, and the rules evaluated on it: Unix seconds. Expressions are asked for as of then.</summary>
    internal double Settled { get; private set; }

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

        // Twice from each before anything happens: increase() and rate() measure from what they saw first.
        await UntilAsync("count(count_over_time(circuit_breaker_state_code[1m]) >= 2) == 2 * 12 and on () sum(up) == 2");
        Counted = await outage.RunAsync();
        var over = Text(await TimeAsync());
        await UntilAsync($"min(timestamp(circuit_breaker_state_code)) > {over}");
        var scraped = Text(await TimeAsync());
        await UntilAsync(
            $"min(timestamp({{__name__=~\"circuit_name:circuit_breaker_trips:rate5m|job_circuit_name:.*:p99_rate5m|instance:circuit_breaker_requests:rate2m\"}})) > {scraped}"
        );
        Settled = await TimeAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var program in Enumerable.Reverse(_running))
        {
            await program.DisposeAsync();
        }
    }

    /// <summary>Asks for an expression as of when all was over.</summary>
    internal Task<IReadOnlyList<KitSample>> AskAsync(string expression) => Prometheus.QueryAsync(expression, Settled);

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private async Task<double> TimeAsync() => (await Prometheus.QueryAsync("time()")).Single().Value;

    private Task UntilAsync(string expression) =>
        KitWait.UntilAsync(
            async () => (await Prometheus.QueryAsync(expression)).Count > 0,
            () => $"{expression}\n{string.Join('\n', _running.OfType<KitServer>().Select(server => server.Program.Said))}"
        );

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
