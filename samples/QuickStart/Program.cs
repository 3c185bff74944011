using System.Diagnostics;
using Fluxgate;
using Polly;
using Polly.Timeout;
using QuickStart;

if (!Arguments.TryParse(args, out var arguments, out var exitCode))
{
    return exitCode;
}

// What the dependency goes through. Everything below finds out by calling it.
var schedule = new Schedule(
    arguments.Forever,
    new(Mood.Healthy, ForSeconds: 4),
    new(Mood.Slow, ForSeconds: 4),
    new(Mood.Healthy, ForSeconds: 4),
    new(Mood.Failing, ForSeconds: 3),
    new(Mood.Hanging, ForSeconds: 3),
    new(Mood.Healthy, ForSeconds: 7)
);
var clock = Stopwatch.StartNew();
var journal = new Journal(clock);

// The circuit: which recent calls count, what opens it, for how long, who may probe, and when it closes again.
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
        Listeners = { new PrometheusListener(), journal.Write },
    }
);

// The pipeline: each attempt goes through the breaker, and has its own time-out inside it.
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
            ShouldHandle = failures, // and so no rejections: those would only hammer an open circuit
        }
    )
    .AddFluxgateBreaker(new FluxgateBreakerOptions<HttpResponseMessage> { Breaker = payments, Tracker = failures })
    .AddTimeout(TimeSpan.FromMilliseconds(600))
    .Build();

// The metrics, for Prometheus or for curl.
await using var metrics = new PrometheusServer(arguments.Port);
try
{
    metrics.Start();
}
catch (IOException error)
{
    return Arguments.Refuse($"{error.Message} Choose another with --port, or --port 0 for a free one.");
}

// Some workers call it, and you watch.
using var over = new Ending(arguments.Forever ? Timeout.InfiniteTimeSpan : schedule.Length);
await using var dependency = new Dependency(schedule, clock);
var calling = Workers.RunAsync(8, pipeline, dependency.Address, over.Token);
var stage = new Stage(payments, journal, schedule, clock, $"http://localhost:{metrics.Port}/metrics");
using (IView view = LiveView.IsPossible ? LiveView.OnTheConsole(stage) : new PlainView(stage, Console.Out))
{
    await view.ShowAsync(over.Token);
}

await calling;
return Summary.Write(Console.Out, stage, over.ByHand);
