using System.Diagnostics.Metrics;

namespace Fluxgate;

[Collection("Meters")]
public sealed class SharedMeters
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Another_thread_gets_the_meter_while_its_instruments_are_created()
    {
        var shared = new SharedMeter();
        var asked = new List<BreakerMeter>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Name == "circuit_breaker.state" && asked.Count == 0)
                {
                    // Another thread: a lock, or a type initializer, would be reentrant on this one.
                    var other = new Thread(() => asked.Add(shared.Meter)) { IsBackground = true };
                    other.Start();
                    Assert.True(other.Join(Deadline), "The other thread waits for the meter.");
                }
            },
        };
        listener.Start();

        var meter = await Task.Run(() => shared.Meter).WaitAsync(Deadline * 2);

        Assert.Same(meter, Assert.Single(asked));
        Assert.NotNull(meter.Durations);
        meter.Dispose();
    }

    [Fact]
    public void All_threads_get_the_same_meter()
    {
        var shared = new SharedMeter();
        var meters = new BreakerMeter[8];

        Parallel.For(0, meters.Length, i => meters[i] = shared.Meter);

        Assert.All(meters, meter => Assert.Same(meters[0], meter));
        meters[0].Dispose();
    }
}
