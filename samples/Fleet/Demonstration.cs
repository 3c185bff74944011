namespace FleetSample;

/// <summary>Starts everything, and plays the scenes.</summary>
internal sealed class Demonstration(Stage stage, Dependency dependency, RedisServer? redis, CancellationToken cancellationToken)
{
    private const int Instances = 8;

    // An exchange with a store that hangs takes a second. What is below is the scheduling of a busy machine.
    private const double LongestRejectionMs = 900;

    private static readonly TimeSpan SceneLength = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(6);

    private readonly List<(string Text, bool IsMet)> _findings = [];

    public static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        using var redis = arguments.Redis is null ? new RedisServer() : null;
        if (redis is not null)
        {
            await redis.StartAsync(cancellationToken);
        }

        await using var dependency = await Dependency.StartAsync();
        var instances = new List<InstanceProcess>();
        try
        {
            for (var number = 1; number <= Instances; number++)
            {
                instances.Add(new(typeof(Demonstration).Assembly.Location, number, arguments.Redis ?? redis!.Address, dependency.Address));
            }

            return await new Demonstration(new(instances), dependency, redis, cancellationToken).PlayAsync();
        }
        finally
        {
            instances.ForEach(instance => instance.Dispose());
        }
    }

    private async Task<int> PlayAsync()
    {
        using var ended = new CancellationTokenSource();
        var view = Console.IsOutputRedirected ? PlainView.ShowAsync(stage, ended.Token) : LiveView.ShowAsync(stage, ended.Token);
        try
        {
            await Task.WhenAll(stage.Instances.Select(instance => instance.WaitUntilStartedAsync(cancellationToken)));
            await JoinAsync();
            await SomeFailAsync();
            await AllFailAsync();
            await ForceOpenAsync();
            await RedisDiesAsync();
            await ReleaseAsync();
            await EndAsync();
        }
        finally
        {
            await ended.CancelAsync();
            await view;
        }

        return Summarize();
    }

    private async Task JoinAsync()
    {
        stage.Begin("the instances call a healthy dependency");
        await MeetAsync("every instance sees eight members", () => stage.Instances.All(instance => instance.Report?.Members == Instances));
        await PauseAsync();
    }

    private async Task SomeFailAsync()
    {
        stage.Begin("the dependency fails for the instances 1 to 3");
        dependency.FailsFor = number => number <= 3;
        await MeetAsync(
            "the fleet sees three circuits that are not closed, and five instances go on",
            () => stage.CountOf("closed") == Instances - 3
        );
        await PauseAsync();
        await RecoverAsync();
    }

    private async Task AllFailAsync()
    {
        stage.Begin("the dependency fails for all");
        dependency.FailsFor = _ => true;
        await MeetAsync("all eight circuits are open or probe", () => stage.CountOf("closed") == 0);
        await PauseAsync();
        await RecoverAsync();
    }

    private async Task RecoverAsync()
    {
        stage.Begin("the dependency recovers");
        dependency.FailsFor = _ => false;
        await MeetAsync("all eight circuits are closed", () => stage.CountOf("closed") == Instances);
    }

    private async Task ForceOpenAsync()
    {
        stage.Begin("the operator forces the circuit open everywhere");
        stage.Add(await stage.Instances[0].ExecuteAsync("force open", cancellationToken));
        await MeetAsync("the circuit is forced open in all eight", () => stage.CountOf("forced_open") == Instances);
        await PauseAsync(1);
    }

    private async Task RedisDiesAsync()
    {
        if (redis is null)
        {
            stage.Add("Redis is not killed, since it is yours");
            return;
        }

        stage.Begin("Redis is killed");
        redis.Kill();
        await MeetAsync(
            "every instance knows that the store is gone",
            () => stage.Instances.All(instance => instance.Report?.IsConnected == false)
        );
        var calls = dependency.Calls;
        await PauseAsync();
        Find(
            "without Redis, the circuit stays forced open in all eight",
            stage.CountOf("forced_open") == Instances && dependency.Calls == calls
        );

        stage.Begin("Redis returns, and is empty");
        await redis.StartAsync(cancellationToken);
        await MeetAsync(
            "all eight are connected again, and the directive is back",
            () => stage.Instances.All(instance => instance.Report is { IsConnected: true, Members: Instances, Directives.Length: > 0 }),
            patience: 5
        );
    }

    private async Task ReleaseAsync()
    {
        stage.Begin("the operator releases the circuit, from another instance");
        stage.Add(await stage.Instances[^1].ExecuteAsync("release", cancellationToken));
        await MeetAsync("the circuit has probed and is closed in all eight", () => stage.CountOf("closed") == Instances);
        await PauseAsync(0.5);
    }

    private async Task EndAsync()
    {
        stage.Begin("the instances end");
        await Task.WhenAll(stage.Instances.Select(instance => instance.EndAsync()));
        var reports = stage.Instances.Select(instance => instance.Report!).ToArray();
        Find(
            "each call was counted once by its caller and once by its breaker",
            reports.All(report => report.Calls.Total == report.CountedByBreaker)
        );
        var slowest = reports.Max(report => report.Calls.SlowestRejectionMs);
        Find($"no rejected call waited for the store: the slowest took {slowest:0} ms", slowest < LongestRejectionMs);
    }

    private async Task MeetAsync(string expectation, Func<bool> isMet, int patience = 1)
    {
        var start = stage.Clock.Elapsed;
        while (!isMet() && stage.Clock.Elapsed - start < Deadline * patience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }

        Find($"{expectation}, after {(stage.Clock.Elapsed - start).TotalSeconds:0.0} s", isMet());
    }

    private void Find(string text, bool isMet)
    {
        _findings.Add((text, isMet));
        stage.Add(isMet ? text : $"NOT MET: {text}");
    }

    private Task PauseAsync(double scenes = 1) => Task.Delay(SceneLength * scenes, cancellationToken);

    private int Summarize()
    {
        var calls = stage.Instances.Select(instance => instance.Report!.Calls).ToArray();
        Console.WriteLine();
        Console.WriteLine($"Summary after {stage.Clock.Elapsed.TotalSeconds:0} s");
        foreach (var (text, isMet) in _findings)
        {
            Console.WriteLine($"  {(isMet ? "yes" : "NO "), -4} {text}");
        }

        Console.WriteLine(
            $"  {calls.Sum(one => one.Total)} calls: {calls.Sum(one => one.Succeeded)} succeeded, {calls.Sum(one => one.Failed)} failed, "
                + $"{calls.Sum(one => one.Rejected)} rejected"
        );
        return _findings.TrueForAll(finding => finding.IsMet) ? 0 : 1;
    }
}
