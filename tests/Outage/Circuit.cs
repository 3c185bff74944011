using Fluxgate;
using Polly;

namespace Outage;

/// <summary>A breaker in a pipeline, and a caller that counts what came of its calls.</summary>
internal sealed class Circuit : IAsyncDisposable
{
    private readonly ResiliencePipeline _pipeline;

    public Circuit(string name, FluxgateBreakerSettings settings)
    {
        settings.Listeners.Add(new PrometheusListener());
        settings.Listeners.Add(Tally);
        Breaker = new(name, settings);
        _pipeline = new ResiliencePipelineBuilder()
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions
                {
                    Breaker = Breaker,
                    ShouldHandle = args =>
                        args.Outcome.Exception is FormatException
                            ? throw new InvalidOperationException("This predicate has a mistake.")
                            : new(args.Outcome.Exception is not null),
                }
            )
            .Build();
    }

    public Tally Tally { get; } = new();

    public FluxgateBreaker Breaker { get; }

    public void Succeed(int times) => Repeat(times, () => Call(() => { }, () => Tally.Successes++));

    public void Fail(int times) =>
        Repeat(times, () => Call(() => throw new HttpRequestException("The dependency is down."), () => Tally.Failures++));

    /// <summary>Calls whose outcome the breaker's own predicate cannot judge.</summary>
    public void Confuse(int times) =>
        Repeat(times, () => Call(() => throw new FormatException("Neither good nor bad."), () => Tally.Ignored++));

    public async Task SucceedSlowlyAsync(TimeSpan duration)
    {
        await _pipeline.ExecuteAsync(async token => await Task.Delay(duration, token));
        Tally.Successes++;
    }

    public ValueTask DisposeAsync() => Breaker.DisposeAsync();

    private static void Repeat(int times, Action act)
    {
        for (var i = 0; i < times; i++)
        {
            act();
        }
    }

    private void Call(Action dependency, Action settled)
    {
        try
        {
            _pipeline.Execute(dependency);
            settled();
        }
        catch (CallNotPermittedException rejection)
        {
            Tally.Reject(rejection.State);
        }
        catch (Exception error) when (error is HttpRequestException or FormatException)
        {
            settled();
        }
    }
}
