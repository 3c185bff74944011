using BenchmarkDotNet.Running;
using Fluxgate;

if (args is ["--rivals"])
{
    var calls = new Calls();
    new Rivals("a call that succeeds")
        .Add("Polly", () => calls.Polly_success())
        .Add("an empty pipeline", () => calls.Empty_pipeline())
        .Add("Fluxgate, time window", () => calls.Fluxgate_time_window())
        .Add("Fluxgate, count window", () => calls.Fluxgate_count_window())
        .Add("Fluxgate, slow-call rule", () => calls.Fluxgate_slow_call_rule())
        .Add("Fluxgate, duration histogram", () => calls.Fluxgate_duration_histogram())
        .Add("Fluxgate, slow-call rule and histogram", () => calls.Fluxgate_slow_call_rule_and_histogram())
        .Compare();
    new Rivals("a call that succeeds, non-generic pipeline")
        .Add("Polly", () => calls.Polly_non_generic())
        .Add("Fluxgate", () => calls.Fluxgate_non_generic())
        .Compare();
    new Rivals("a call that fails and one that succeeds")
        .Add("Polly", () => calls.Polly_failures())
        .Add("Fluxgate", () => calls.Fluxgate_failures())
        .Compare();
    new Rivals("open, rejected as an outcome")
        .Add("Polly", () => calls.Polly_rejects())
        .Add("Fluxgate", () => calls.Fluxgate_rejects())
        .Compare();
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Calls).Assembly).Run(BenchmarkRun.Filtered(args), BenchmarkRun.Config(args));
