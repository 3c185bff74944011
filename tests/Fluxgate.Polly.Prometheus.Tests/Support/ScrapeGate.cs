using System.Collections.Concurrent;

namespace Fluxgate;

/// <summary>A process-wide family whose callback waits until the gate opens and counts concurrent callers. Each rendering shows its number.</summary>
internal sealed class ScrapeGate : IDisposable
{
    private const string Name = "gate";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _entered = new(0);
    private readonly ManualResetEventSlim _open = new();
    private int _inside;
    private int _renderings;

    public ScrapeGate() => Family = MetricFamily.Gauge(Name, "Waits.", Pass);

    public MetricFamily Family { get; }

    /// <summary>Renderings that have started.</summary>
    public int Renderings => Volatile.Read(ref _renderings);

    /// <summary>How many callers were inside at each entry.</summary>
    public ConcurrentBag<int> Crowds { get; } = [];

    /// <summary>Waits until another rendering is inside.</summary>
    public async Task EnteredAsync() => Assert.True(await _entered.WaitAsync(Deadline), "No rendering started.");

    public void Open() => _open.Set();

    public void Close() => _open.Reset();

    /// <summary>Returns the number of the rendering that made a page.</summary>
    public static double RenderingOf(Page page) => page[Name];

    public void Dispose()
    {
        _entered.Dispose();
        _open.Dispose();
    }

    private double Pass()
    {
        var number = Interlocked.Increment(ref _renderings);
        Crowds.Add(Interlocked.Increment(ref _inside));
        _entered.Release();
        Assert.True(_open.Wait(Deadline), "The gate was not opened in time.");
        Interlocked.Decrement(ref _inside);
        return number;
    }
}
