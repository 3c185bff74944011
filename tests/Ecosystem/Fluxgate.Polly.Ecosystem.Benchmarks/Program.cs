using System.Globalization;
using BenchmarkDotNet.Running;
using Fluxgate;

if (args is ["--rivals"])
{
    foreach (var breakers in new[] { 1, 100, 1_000 })
    {
        var writers = new Writers { Breakers = breakers };
        writers.Fill();
        new Rivals(string.Create(CultureInfo.InvariantCulture, $"{breakers:N0} breakers"))
            .Add("prometheus-net writes its own children", () => writers.Prometheus_net_writes().GetAwaiter().GetResult())
            .Add("prometheus-net, filled by PrometheusNetMetrics", () => writers.Prometheus_net_filled_by_us().GetAwaiter().GetResult())
            .Add("PrometheusMetrics", () => writers.Fluxgate_page().GetAwaiter().GetResult())
            .Compare();
        writers.End();
    }

    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Writers).Assembly).Run(BenchmarkRun.Filtered(args), BenchmarkRun.Config(args));
