namespace Fluxgate;

public sealed class ConcurrentPermits
{
    private const int Calls = 5_000;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void MaxConcurrent_is_never_exceeded_and_loses_no_permit(int most)
    {
        var world = Probing(Permit.MaxConcurrent(most));
        var pipeline = world.Pipeline();
        var (inside, peak, ran, own) = (0, 0, 0, new TimeoutException());
        ConcurrentWork.Run(
            thread =>
            {
                var random = new Random(thread);
                for (var call = 0; call < Calls; call++)
                {
                    var fails = random.Next(2) == 0;
                    _ = Record.Exception(() => pipeline.Execute(() => Probe(fails)));
                }
            },
            threads: 8
        );

        Assert.Equal((0, most), (inside, peak));
        Assert.Equal((ran, 8 * Calls - ran, 0), (world.Now.Requests, world.Now.Rejected, world.Now.HalfOpenInFlight));
        Assert.Equal(BreakerState.HalfOpen, world.State);
        Assert.Equal(most, world.Ask(100).Count);

        void Probe(bool fails)
        {
            var now = Interlocked.Increment(ref inside);
            Interlocked.Increment(ref ran);
            for (var seen = peak; now > seen; seen = peak)
            {
                Interlocked.CompareExchange(ref peak, now, seen);
            }

            Thread.Yield();
            Interlocked.Decrement(ref inside);
            if (fails)
            {
                throw own;
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Exactly_the_permitted_number_of_simultaneous_calls_is_admitted(int most)
    {
        var world = Probing(Permit.MaxConcurrent(most));
        AdmitsInEveryRound(world, most);
    }

    [Fact]
    public void Exactly_ten_probes_are_in_flight_until_one_succeeds() => AdmitsInEveryRound(Probing(Permit.All), 10);

    [Fact]
    public void Simultaneous_calls_end_a_break_with_one_transition()
    {
        var world = new World(new() { Permit = Permit.MaxConcurrent(1), Recovery = Recovery.AfterProbes(1) });
        var admitted = 0;
        ConcurrentWork.Rounds(
            1_000,
            () =>
            {
                admitted = 0;
                world.Breaker.Trip();
                world.Wait(60);
            },
            _ =>
            {
                if (world.Breaker.TryAdmit(out var admission))
                {
                    Assert.Equal(BreakerState.HalfOpen, admission.State);
                    Interlocked.Increment(ref admitted);
                }
            },
            () => Assert.Equal((1, BreakerState.HalfOpen, 1), (admitted, world.State, world.Now.HalfOpenInFlight))
        );
        Assert.Equal(1_000, world.Now.Transitions(BreakerState.Open, BreakerState.HalfOpen));
    }

    private static World Probing(Permit permit) =>
        new(
            new()
            {
                InitialState = BreakerState.HalfOpen,
                Permit = permit,
                Tripper = Tripper.MinRequests(1_000) & Tripper.FailureRate(1),
                Window = Window.Count(1_000),
                Recovery = Recovery.AfterProbes(1_000_000),
            }
        );

    /// <summary>Twelve calls start at once; the admitted ones settle as ignored before the next round.</summary>
    private static void AdmitsInEveryRound(World world, int most)
    {
        var held = new List<Admission>();
        ConcurrentWork.Rounds(
            500,
            held.Clear,
            _ =>
            {
                for (var call = 0; call < 3; call++)
                {
                    if (world.Breaker.TryAdmit(out var admission))
                    {
                        lock (held)
                        {
                            held.Add(admission);
                        }
                    }
                }
            },
            () =>
            {
                Assert.Equal((most, most), (held.Count, world.Now.HalfOpenInFlight));
                held.ForEach(admission => admission.Settle(Verdict.Ignored));
                Assert.Equal(0, world.Now.HalfOpenInFlight);
            }
        );
        Assert.Equal(500 * most, world.Now.Ignored);
    }
}
