using Polly;

namespace Fluxgate;

/// <summary>The ResilienceContext of a call: predicates read what the caller and the callback wrote, and the breaker does not change it.</summary>
public sealed class ResilienceContexts
{
    private static readonly ResiliencePropertyKey<bool> Counts = new("counts");
    private static readonly ResiliencePropertyKey<string> Answer = new("answer");

    [Fact]
    public async Task Predicates_read_operation_key_and_properties_of_the_call()
    {
        var world = new World();
        var pipeline = Over(
            world,
            options =>
            {
                options.ShouldIgnore = args => new(args.Context.OperationKey == "health-check");
                options.ShouldHandle = args => new(args.Context.Properties.GetValue(Counts, defaultValue: true));
            }
        );

        await Fail(pipeline, ResilienceContextPool.Shared.Get("health-check"));
        await Fail(pipeline, ResilienceContextPool.Shared.Get("pay"));
        var uncounted = ResilienceContextPool.Shared.Get("pay");
        uncounted.Properties.Set(Counts, false);
        await Fail(pipeline, uncounted);

        Assert.Equal(new(Successes: 1, Failures: 1, Ignored: 1), CountsOfCalls.Of(world.Breaker));
    }

    [Fact]
    public async Task Predicates_read_what_the_callback_wrote_into_the_context()
    {
        var world = new World();
        var pipeline = Over(world, options => options.ShouldHandle = args => new(args.Context.Properties.GetValue(Answer, "") == "busy"));
        var context = ResilienceContextPool.Shared.Get();

        foreach (var answer in new[] { "busy", "fine", "busy" })
        {
            await pipeline.ExecuteOutcomeAsync(
                static (context, answer) =>
                {
                    context.Properties.Set(Answer, answer);
                    return new ValueTask<Outcome<string>>(Outcome.FromResult(answer));
                },
                context,
                answer
            );
        }

        Assert.Equal(new(Successes: 1, Failures: 2), CountsOfCalls.Of(world.Breaker));
    }

    [Fact]
    public async Task Contexts_from_the_pool_of_the_builder_reach_the_predicates()
    {
        var world = new World();
        var pool = new StampingPool();
        var pipeline = new ResiliencePipelineBuilder<string> { ContextPool = pool }
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions<string>
                {
                    Breaker = world.Breaker,
                    ShouldHandle = args => new(args.Context.Properties.GetValue(Answer, "") == "stamped"),
                }
            )
            .Build();

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("fine", await pipeline.ExecuteAsync(_ => new ValueTask<string>("fine")));
        }

        Assert.Equal((3, 3), (pool.Taken, pool.Returned));
        Assert.Equal(new(Failures: 3), CountsOfCalls.Of(world.Breaker));
    }

    [Theory]
    [InlineData(BreakerState.Closed)]
    [InlineData(BreakerState.ForcedOpen)]
    [InlineData(BreakerState.Disabled)]
    public async Task The_breaker_does_not_change_the_context(BreakerState state)
    {
        var world = new World(new() { InitialState = state });
        using var cancellation = new CancellationTokenSource();
        var context = ResilienceContextPool.Shared.Get("pay", continueOnCapturedContext: true, cancellation.Token);
        context.Properties.Set(Answer, "kept");

        await Fail(Over(world), context);

        Assert.Equal(
            ("pay", true, cancellation.Token, "kept"),
            (context.OperationKey, context.ContinueOnCapturedContext, context.CancellationToken, context.Properties.GetValue(Answer, ""))
        );
    }

    private static async Task Fail(ResiliencePipeline<string> pipeline, ResilienceContext context) =>
        await pipeline.ExecuteOutcomeAsync(
            static (_, error) => new ValueTask<Outcome<string>>(Outcome.FromException<string>(error)),
            context,
            new IOException()
        );

    private static ResiliencePipeline<string> Over(World world, Action<FluxgateBreakerOptions<string>>? configure = null)
    {
        var options = new FluxgateBreakerOptions<string> { Breaker = world.Breaker };
        configure?.Invoke(options);
        return new ResiliencePipelineBuilder<string>().AddFluxgateBreaker(options).Build();
    }

    private sealed class StampingPool : ResilienceContextPool
    {
        public int Taken { get; private set; }

        public int Returned { get; private set; }

        public override ResilienceContext Get(ResilienceContextCreationArguments arguments)
        {
            Taken++;
            var context = Shared.Get(arguments);
            context.Properties.Set(Answer, "stamped");
            return context;
        }

        public override void Return(ResilienceContext context)
        {
            Returned++;
            Shared.Return(context);
        }
    }
}
