using System.Diagnostics;
using Fluxgate;
using Polly;
using Polly.Timeout;
using QuickStart;

if (!Arguments.TryParse(args, out var arguments, out var exitCode))
{
    return exitCode;
}

// The behavior of the dependency over time. The callers do not know it.
var schedule = new Schedule(
    arguments.Forever,
    new(Behavior.Healthy, ForSeconds: 4),
    new(Behavior.Slow, ForSeconds: 4),
    new(Behavior.Healthy, ForSeconds: 4),
    new(Behavior.Failing, ForSeconds: 3),
    new(Behavior.Hanging, ForSeconds: 3),
    new(Behavior.Healthy, ForSeconds: 7)
);
var clock = Stopwatch.StartNew();
var transitions = new TransitionLog(clock);

// The breaker: the window of recent calls, the rule that opens it, the break duration, the probes and the recovery.
await using var payments = new FluxgateBreaker(
    "payments",
    new FluxgateBreakerSettings
    {
        Window = Window.Time(TimeSpan.FromSeconds(2)),
        Tripper =
            Tripper.FailureStreak(8)
            | (Tripper.MinRequests(20) & (Tripper.FailureRate(0.5) | Tripper.SlowRate(0.5, TimeSpan.FromMilliseconds(250)))),
        BreakDuration = BreakDuration.Backoff(TimeSpan.FromSeconds(1), multiplier: 1.5, max: TimeSpan.FromSeconds(3), jitter: 0.1),
        Permit = Permit.RampUp(0.2, 1.0, TimeSpan.FromMilliseconds(500)) & Permit.MaxConcurrent(4),
        Recovery = Recovery.AfterProbes(6),
        ProbeLease = TimeSpan.FromSeconds(2),
        Listeners = { new PrometheusListener(), transitions.Write },
    }
);

// The pipeline: each attempt passes the breaker and has its own timeout inside it.
var failures =
    Tracker.TypeOf<HttpRequestException>()
    | Tracker.TypeOf<TimeoutRejectedException>()
    | Tracker.Result<HttpResponseMessage>(response => (int)response.StatusCode >= 500);

var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
    .AddRetry(
        new()
        {
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(50),
            UseJitter = true,
            ShouldHandle = failures, // not rejections: retries of an open circuit are useless
        }
    )
    .AddFluxgateBreaker(new FluxgateBreakerOptions<HttpResponseMessage> { Breaker = payments, Tracker = failures })
    .AddTimeout(TimeSpan.FromMilliseconds(600))
    .Build();

// The metrics for Prometheus.
await using var metrics = new PrometheusServer(arguments.Port);
try
{
    metrics.Start();
}
catch (IOException error)
{
    return Arguments.Reject($"{error.Message} Choose another with --port, or --port 0 for a free one.");
}

// The workers call the dependency, and the view shows the breaker.
using var over = new Shutdown(arguments.Forever ? Timeout.InfiniteTimeSpan : schedule.Length);
await using var dependency = new Dependency(schedule, clock);
var calling = Workers.RunAsync(8, pipeline, dependency.Address, over.Token);
var demo = new Demo(payments, transitions, schedule, clock, $"http://localhost:{metrics.Port}/metrics");
using (IView view = LiveView.IsPossible ? LiveView.OnTheConsole(demo) : new PlainView(demo, Console.Out))
{
    await view.ShowAsync(over.Token);
}

await calling;
return Summary.Write(Console.Out, demo, over.ByHand);
