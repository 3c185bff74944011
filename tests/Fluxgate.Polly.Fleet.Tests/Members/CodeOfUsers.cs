using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fluxgate;

/// <summary>Listeners and loggers that throw or hang do not stop a member.</summary>
[Collection(nameof(OtherThreads))]
public sealed class CodeOfUsers
{
    [Fact]
    public async Task A_listener_that_hangs_holds_neither_the_member_nor_other_circuits()
    {
        using var unblocked = new ManualResetEventSlim();
        var world = new FleetWorld();
        var listener = Listener.From(signal =>
        {
            if (signal.CircuitName == "a")
            {
                unblocked.Wait(FleetWorld.Deadline);
            }
        });
        var member = world.Add("one", breakers: ["a", "b"], settings: new() { Listeners = { listener } });
        await world.StepAsync();
        await world.IssueAsync(FleetWorld.Order(FleetAction.ForceOpen, "*"));

        await world.AdvanceUntilAsync(member.Member.StepAsync());
        Assert.Equal((BreakerState.ForcedOpen, BreakerState.ForcedOpen), (member["a"].State, member["b"].State));
        await world.IssueAsync(FleetWorld.Order(FleetAction.Disable, "*"));
        await world.AdvanceUntilAsync(member.Member.StepAsync());

        Assert.Equal((BreakerState.Disabled, BreakerState.Disabled), (member["a"].State, member["b"].State));
        Assert.Equal(3, member.View.Status.Exchanges);
        unblocked.Set();
    }

    [Fact]
    public async Task A_logger_that_throws_does_not_stop_the_member()
    {
        await using var world = new FleetHostWorld();
        var host = world.Build(more: services => services.AddLogging(logging => logging.AddProvider(new Throwing())));
        var view = host.Services.GetRequiredService<IFleetView>();
        var breaker = host.Services.GetRequiredService<FluxgateBreakers>()["payments"];

        await host.Services.GetRequiredService<IFleetControl>().IssueAsync(FleetWorld.Order(FleetAction.Disable));
        await world.UntilAsync(() => breaker.State == BreakerState.Disabled && view.Status.Exchanges > 3);

        Assert.Equal(0, view.Status.Failures);
    }

    [Fact]
    public void A_logger_whose_IsEnabled_throws_counts_as_disabled() =>
        Assert.False(new QuietLogger(new Throwing()).IsEnabled(LogLevel.Warning));

    private static FleetMember MemberOf(FleetWorld world, Func<IReadOnlyCollection<FluxgateBreaker>> circuits, FleetEntries log) =>
        new(new() { Name = "shop", MemberId = "one" }, world.Store, circuits, world.Time, log);

    [Fact]
    public async Task Circuits_that_cannot_be_read_are_reported_and_the_member_goes_on()
    {
        var world = new FleetWorld();
        var isBroken = true;
        var log = new FleetEntries();
        var member = MemberOf(world, () => isBroken ? throw new InvalidOperationException("broken") : [], log);

        await member.StepAsync();
        isBroken = false;
        await member.StepAsync();

        Assert.Contains("broken", Assert.Single(log.Of(212)), StringComparison.Ordinal);
        Assert.Equal(1, member.Status.Exchanges);
    }

    [Fact]
    public async Task Steps_that_fail_in_a_row_are_reported_once()
    {
        var world = new FleetWorld();
        var (isBroken, log) = (true, new FleetEntries());
        var member = MemberOf(world, () => isBroken ? throw new InvalidOperationException("broken") : [], log);

        for (var outage = 1; outage <= 2; outage++)
        {
            isBroken = true;
            await member.StepAsync();
            await member.ObeyAsync();
            await member.StepAsync();
            Assert.Equal(outage, log.Of(212).Count());
            isBroken = false;
            await member.StepAsync();
        }
    }

    [Fact]
    public async Task A_circuit_that_found_no_thread_in_time_is_moved_by_the_next_step()
    {
        var time = new VirtualTime();
        var hasty = new Hasty();
        FluxgateBreaker[] circuits = [.. Enumerable.Range(0, 500).Select(i => new FluxgateBreaker($"circuit {i}", timeProvider: time))];
        var obedience = new Obedience(new("one", null), hasty, new FleetEntries());
        FleetDirective disable = new()
        {
            Revision = 1,
            Action = FleetAction.Disable,
            Circuits = "*",
            Reason = "drill",
            By = "ann",
            IssuedAt = FleetWorld.Start,
        };
        await ApplyAsync(DirectiveSet.Of([disable]), BreakerState.Disabled);
        await ApplyAsync(DirectiveSet.Empty, BreakerState.Closed);

        async Task ApplyAsync(DirectiveSet directives, BreakerState state)
        {
            // Timeouts have passed before a thread of the pool can begin.
            hasty.IsHasty = true;
            await obedience.ApplyAsync(circuits, directives, FleetWorld.Start, CancellationToken.None);
            hasty.IsHasty = false;
            await obedience.ApplyAsync(circuits, directives, FleetWorld.Start, CancellationToken.None);

            // A move that has begun ends on its own thread.
            await OtherThreads.UntilAsync(() => circuits.All(circuit => circuit.State == state));
        }
    }

    private sealed class Hasty : TimeProvider
    {
        public bool IsHasty { get; set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, IsHasty ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, period);
    }

    private sealed class Throwing : ILogger, ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => throw new InvalidOperationException("The disk is full.");

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (eventId.Id is > 200 and < 220)
            {
                throw new InvalidOperationException("The disk is full.");
            }
        }

        public void Dispose() { }
    }
}
