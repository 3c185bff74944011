using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace Fluxgate;

/// <summary>
/// A thousand circuits and fifty viewers. The test holds that viewers share the readings; it prints what they cost, and does not depend on it. With
/// <c>FLUXGATE_MEASURE=1</c> it measures for longer: <c>dotnet test tests/Fluxgate.Polly.Dashboard.Tests --filter ViewerLoad -c Release --logger "console;verbosity=detailed"</c>.
/// </summary>
public sealed class ViewerLoad(ITestOutputHelper output)
{
    private const int Circuits = 1000;
    private const int Viewers = 50;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);
    private static readonly int Rounds = Environment.GetEnvironmentVariable("FLUXGATE_MEASURE") == "1" ? 15 : 2;

    [Fact]
    public async Task Fifty_viewers_share_one_reading_a_second()
    {
        await using var application = await DashboardApplication.StartAsync(services: services =>
        {
            var fluxgate = services.AddFluxgate();
            for (var number = 0; number < Circuits; number++)
            {
                fluxgate.AddBreaker($"{number}");
            }
        });
        using var driver = new Driver([.. application.Breakers]);
        List<double> ratios = [];
        var fastest = TimeSpan.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var without = await driver.MeasureAsync();
            await using var crowd = await Crowd.JoinAsync(application);
            var watch = Stopwatch.StartNew();
            var first = (await application.Feed.NextAsync(0, default)).Number;
            var with = await driver.MeasureAsync();
            var readings = (await application.Feed.NextAsync(first, default).WaitAsync(Deadline)).Number - first;

            // One reading each second, whatever the number of viewers.
            Assert.InRange(readings, 1, (long)(watch.Elapsed / DashboardFeed.Interval) + 1);
            ratios.Add(with / without);
            fastest = application.Feed.ReadingTime < fastest ? application.Feed.ReadingTime : fastest;
        }

        ratios.Sort();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"calls a second with {Viewers} viewers, divided by those without: median {ratios[ratios.Count / 2]:0.00}, from {ratios[0]:0.00} to {ratios[^1]:0.00} in {Rounds} rounds; {fastest.TotalMilliseconds:0.0} ms for the fastest reading"
            )
        );
    }

    /// <summary>Calls the circuits in turn on one thread.</summary>
    private sealed class Driver : IDisposable
    {
        private readonly Thread _thread;
        private long _calls;
        private volatile bool _isOver;

        public Driver(FluxgateBreaker[] breakers)
        {
            _thread = new(() =>
            {
                for (var call = 0L; !_isOver; call++)
                {
                    var admission = breakers[call % breakers.Length].Admit();
                    admission.Settle(call % 10 == 0 ? Verdict.Failure : Verdict.Success);
                    Volatile.Write(ref _calls, call);
                }
            });
            _thread.Start();
        }

        public async Task<double> MeasureAsync()
        {
            var (before, watch) = (Volatile.Read(ref _calls), Stopwatch.StartNew());
            await Task.Delay(Slice);
            return (Volatile.Read(ref _calls) - before) / watch.Elapsed.TotalSeconds;
        }

        public void Dispose()
        {
            _isOver = true;
            _thread.Join();
        }
    }

    /// <summary>Viewers that read whatever comes.</summary>
    private sealed class Crowd(DashboardApplication application, HttpClient client, Task[] reading, CancellationTokenSource end)
        : IAsyncDisposable
    {
        public static async Task<Crowd> JoinAsync(DashboardApplication application)
        {
            var client = new HttpClient { BaseAddress = application.Client.BaseAddress };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "staff");
            var end = new CancellationTokenSource();
            var streams = await Task.WhenAll(Enumerable.Range(0, Viewers).Select(_ => client.GetStreamAsync("/circuits/api/events")));
            var crowd = new Crowd(application, client, [.. streams.Select(stream => stream.CopyToAsync(Stream.Null, end.Token))], end);
            Assert.Equal(Viewers, application.Feed.Viewers);
            return crowd;
        }

        public async ValueTask DisposeAsync()
        {
            await end.CancelAsync();
            await Task.WhenAll(reading.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));
            client.Dispose();
            end.Dispose();
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (application.Feed.Viewers > 0)
            {
                await Task.Delay(10, late.Token);
            }
        }
    }
}
