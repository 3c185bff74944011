using System.ComponentModel.DataAnnotations;
using Polly;

namespace Fluxgate;

/// <summary>A pipeline chooses the breaker of each call by its key.</summary>
public sealed class GroupPipelines : IDisposable
{
    private static readonly ResiliencePropertyKey<string?> Tenant = new("tenant");

    private readonly BreakerGroup _group = new("tenants", new() { Tripper = Tripper.FailureStreak(2) });

    public void Dispose() => _group.Dispose();

    [Fact]
    public void The_key_is_a_property_of_the_context()
    {
        var pipeline = new ResiliencePipelineBuilder<int>()
            .AddFluxgateBreaker(_group, context => context.Properties.GetValue(Tenant, null))
            .Build();
        var context = ResilienceContextPool.Shared.Get();
        context.Properties.Set(Tenant, "acme");

        pipeline.Execute(_ => 1, context);

        Assert.Equal(1, _group.GetOrAdd("acme").Snapshot().Successes);
    }

    [Fact]
    public void One_pipeline_of_any_result_type_serves_all_keys()
    {
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(_group, context => context.OperationKey).Build();

        pipeline.Execute(_ => "text", ResilienceContextPool.Shared.Get("acme"));
        pipeline.Execute(_ => 5, ResilienceContextPool.Shared.Get("globex"));
        pipeline.Execute(_ => 6, ResilienceContextPool.Shared.Get("acme"));

        Assert.Equal((2, 1), (_group.GetOrAdd("acme").Snapshot().Successes, _group.GetOrAdd("globex").Snapshot().Successes));
    }

    [Fact]
    public void Pipelines_share_the_breakers_of_a_group()
    {
        var one = new ResiliencePipelineBuilder().AddFluxgateBreaker(_group, _ => "acme").Build();
        var other = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(_group, _ => "acme").Build();

        Assert.Throws<TimeoutException>(() => one.Execute(void () => throw new TimeoutException()));
        Assert.Throws<TimeoutException>(() => other.Execute(int () => throw new TimeoutException()));

        Assert.Throws<CallNotPermittedException>(() => one.Execute(() => { }));
        Assert.Throws<CallNotPermittedException>(() => other.Execute(() => 1));
    }

    [Fact]
    public void A_call_without_a_key_uses_the_shared_breaker_and_is_counted()
    {
        var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(_group, _ => null).Build();

        pipeline.Execute(() => { });

        var now = _group.Snapshot();
        Assert.Equal((1, 1, 0), (now.SharedCalls(SharedCallReason.NoKey), now.Shared.Successes, now.Count));
        Assert.Equal(("tenants (shared)", null), (_group.Shared.Name, _group.Shared.Key));
    }

    [Fact]
    public void A_selector_that_throws_is_reported_and_uses_the_shared_breaker()
    {
        var notices = new List<Notice>();
        var group = new BreakerGroup("tenants", new() { Listeners = { new Notices(notices) } });
        var pipeline = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(group, _ => throw new FormatException("no tenant")).Build();

        Assert.Equal(7, pipeline.Execute(() => 7));

        var now = group.Snapshot();
        Assert.Equal((1, 1), (now.SharedCalls(SharedCallReason.SelectorError), now.Shared.Successes));
        Assert.Equal(1, now.Shared.UserErrors(UserErrorSource.KeySelector));
        var notice = Assert.IsType<UserErrorNotice>(Assert.Single(notices));
        Assert.Equal((UserErrorSource.KeySelector, "no tenant"), (notice.Source, notice.Error.Message));
    }

    [Fact]
    public void The_caller_receives_the_rejection_of_its_key()
    {
        var pipeline = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(_group, context => context.OperationKey).Build();
        _group.GetOrAdd("acme").Trip();

        var rejection = Assert.Throws<CallNotPermittedException>(() => pipeline.Execute(_ => 1, ResilienceContextPool.Shared.Get("acme")));

        Assert.Equal("tenants/acme", rejection.CircuitName);
    }

    [Fact]
    public void Errors_of_predicates_count_for_the_breaker_of_the_call()
    {
        var pipeline = new ResiliencePipelineBuilder<int>()
            .AddFluxgateBreaker(
                new FluxgateBreakerOptions<int>
                {
                    Group = _group,
                    KeySelector = _ => "acme",
                    ShouldHandle = _ => throw new FormatException(),
                }
            )
            .Build();

        pipeline.Execute(() => 1);

        var acme = _group.GetOrAdd("acme").Snapshot();
        Assert.Equal((1, 1), (acme.Ignored, acme.UserErrors(UserErrorSource.Predicate)));
    }

    [Fact]
    public void A_call_with_the_same_key_inside_a_probe_belongs_to_it()
    {
        var group = new BreakerGroup("tenants", new() { Permit = Permit.MaxConcurrent(1), Recovery = Recovery.AfterProbes(1) });
        var pipeline = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(group, context => context.OperationKey).Build();
        group.GetOrAdd("acme").Probe();

        pipeline.Execute(_ => pipeline.Execute(_ => 1, ResilienceContextPool.Shared.Get("acme")), ResilienceContextPool.Shared.Get("acme"));

        var acme = group.GetOrAdd("acme").Snapshot();
        Assert.Equal((BreakerState.Closed, 2, 0), (acme.State, acme.Successes, acme.Rejected));
    }

    [Fact]
    public void Group_and_selector_are_set_together()
    {
        var error = Assert.Throws<ValidationException>(() =>
            new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(new FluxgateBreakerOptions<int> { Group = _group })
        );
        Assert.Contains("Group and KeySelector must be set together, but only Group is set.", error.Message, StringComparison.Ordinal);

        error = Assert.Throws<ValidationException>(() =>
            new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(new FluxgateBreakerOptions<int> { KeySelector = _ => "acme" })
        );
        Assert.Contains("but only KeySelector is set.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_excludes_a_breaker_and_settings()
    {
        FluxgateBreakerOptions<int>[] all = [new() { Breaker = new("one") }, new() { Settings = new() }, new() { CircuitName = "one" }];

        Assert.All(
            all,
            options =>
            {
                (options.Group, options.KeySelector) = (_group, _ => "acme");
                var error = Assert.Throws<ValidationException>(() => new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(options));
                Assert.Contains(
                    "Breaker, Settings and CircuitName must be null if Group is set, but Group is 'tenants', which has the breakers.",
                    error.Message,
                    StringComparison.Ordinal
                );
            }
        );
    }

    [Fact]
    public void A_builder_with_another_clock_than_its_group_throws()
    {
        var builder = new ResiliencePipelineBuilder<int> { TimeProvider = new VirtualTime() };

        var error = Assert.Throws<InvalidOperationException>(() => builder.AddFluxgateBreaker(_group, _ => "acme").Build());

        Assert.Equal(
            "The builder's TimeProvider (VirtualTime) must be null or the one of its group 'tenants' (SystemTimeProvider): a breaker has one clock. Pass it to the group's constructor.",
            error.Message
        );
    }

    [Fact]
    public void Arguments_must_not_be_null()
    {
        var (plain, typed) = (new ResiliencePipelineBuilder(), new ResiliencePipelineBuilder<int>());

        Assert.Throws<ArgumentNullException>(() => plain.AddFluxgateBreaker(null!, _ => "acme"));
        Assert.Throws<ArgumentNullException>(() => plain.AddFluxgateBreaker(_group, null!));
        Assert.Throws<ArgumentNullException>(() => typed.AddFluxgateBreaker(null!, _ => "acme"));
        Assert.Throws<ArgumentNullException>(() => typed.AddFluxgateBreaker(_group, null!));
    }

    [Fact]
    public void A_call_through_a_group_allocates_nothing()
    {
        var pipeline = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(_group, context => context.OperationKey).Build();
        var contexts = Enumerable.Range(0, 10).Select(i => ResilienceContextPool.Shared.Get($"tenant-{i}")).ToArray();
        Run(1_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(1_000);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);

        void Run(int rounds)
        {
            for (var round = 0; round < rounds; round++)
            {
                foreach (var context in contexts)
                {
                    var call = pipeline.ExecuteOutcomeAsync(
                        static (_, _) => new ValueTask<Outcome<int>>(Outcome.FromResult(1)),
                        context,
                        0
                    );
                    Assert.True(call.IsCompleted);
                }
            }
        }
    }

    private sealed class Notices(List<Notice> notices) : ICircuitListener
    {
        public void OnSignal(Signal signal) { }

        public void OnNotice(Notice notice) => notices.Add(notice);
    }
}
