using System.Globalization;
using BenchmarkDotNet.Running;
using Fluxgate;

if (args is ["--rivals"])
{
    Memory.Print();
    Scaling.Print();
    var calls = new Calls();
    new Rivals("a call that succeeds")
        .Add("Polly", () => calls.Polly_success())
        .Add("an empty pipeline", () => calls.Empty_pipeline())
        .Add("Fluxgate, time window", () => calls.Fluxgate_time_window())
        .Add("Fluxgate, count window", () => calls.Fluxgate_count_window())
        .Add("Fluxgate, slow-call rule", () => calls.Fluxgate_slow_call_rule())
        .Add("Fluxgate, slow-call rule of 100 ms", () => calls.Fluxgate_slow_call_rule_below_a_second())
        .Add("Fluxgate, duration histogram", () => calls.Fluxgate_duration_histogram())
        .Add("Fluxgate, slow-call rule and histogram", () => calls.Fluxgate_slow_call_rule_and_histogram())
        .Compare();
    new Rivals("a call that succeeds, non-generic pipeline")
        .Add("Polly", () => calls.Polly_non_generic())
        .Add("Fluxgate", () => calls.Fluxgate_non_generic())
        .Compare();
    new Rivals("a call that fails").Add("Polly", () => calls.Polly_failures()).Add("Fluxgate", () => calls.Fluxgate_failures()).Compare();
    new Rivals("every second call fails, by the window's size")
        .Add("10 calls", () => calls.Window_of_10())
        .Add("1 000 calls", () => calls.Window_of_1_000())
        .Add("100 000 calls", () => calls.Window_of_100_000())
        .Add("10 calls, slow-call rule", () => calls.Measured_window_of_10())
        .Add("100 000 calls, slow-call rule", () => calls.Measured_window_of_100_000())
        .Compare();
    new Rivals("open, rejected as an outcome")
        .Add("Polly", () => calls.Polly_rejects())
        .Add("Fluxgate", () => calls.Fluxgate_rejects())
        .Compare();
    return;
}

if (args is ["--pages"])
{
    foreach (var breakers in new[] { 1, 100, 1_000 })
    {
        var pages = new Writers { Breakers = breakers };
        pages.Fill();
        new Rivals(string.Create(CultureInfo.InvariantCulture, $"{breakers:N0} breakers"))
            .Add("prometheus-net writes its own children", () => pages.Prometheus_net_writes().GetAwaiter().GetResult())
            .Add("prometheus-net, filled by PrometheusNetMetrics", () => pages.Prometheus_net_filled_by_us().GetAwaiter().GetResult())
            .Add("PrometheusMetrics", () => pages.Fluxgate_page().GetAwaiter().GetResult())
            .Compare();
        pages.End();
    }

    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Calls).Assembly).Run(BenchmarkRun.Filtered(args), BenchmarkRun.Config(args));
