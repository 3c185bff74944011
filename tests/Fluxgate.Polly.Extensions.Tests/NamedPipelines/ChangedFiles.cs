using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Polly;
using Polly.Registry;

namespace Fluxgate;

/// <summary>A running host whose <c>appsettings.json</c> is edited: the named pipeline is rebuilt around the breaker.</summary>
public sealed class ChangedFiles : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fluxgate");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task L8_an_edited_file_rebuilds_the_pipeline_and_the_circuit_stays_open()
    {
        Write("00:00:10");
        using var breaker = new FluxgateBreaker("payments", new BoundRules().ToSettings());
        var builds = new ConcurrentQueue<TimeSpan>();
        using var rebuilt = new SemaphoreSlim(0);
        var builder = Host.CreateEmptyApplicationBuilder(new() { ContentRootPath = _folder.FullName });
        builder.Configuration.AddJsonFile("appsettings.json", optional: false, reloadOnChange: true);
        builder.Services.Configure<BoundRules>(builder.Configuration.GetSection("Payments"));
        builder.Services.AddResiliencePipeline(
            "payments",
            (pipeline, context) =>
            {
                context.EnableReloads<BoundRules>();
                var rules = context.GetOptions<BoundRules>();
                pipeline.AddFluxgateBreaker(breaker).AddTimeout(rules.AttemptTimeout);
                builds.Enqueue(rules.AttemptTimeout);
                rebuilt.Release();
            }
        );
        using var host = builder.Build();
        await host.StartAsync();
        var pipeline = host.Services.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline("payments");
        await pipeline.FailAsync();
        Assert.True(await rebuilt.WaitAsync(Deadline));

        Write("00:00:05");

        // The watcher may report one edit more than once.
        while (builds.Last() != TimeSpan.FromSeconds(5))
        {
            Assert.True(await rebuilt.WaitAsync(Deadline), "The edited file was not noticed.");
        }

        Assert.Equal("FailureStreak 1 >= 1", (await pipeline.RejectedAsync()).Reason.Text);
        await host.StopAsync();
    }

    private void Write(string attemptTimeout)
    {
        var file = Path.Combine(_folder.FullName, "appsettings.json");
        var draft = file + ".new";
        File.WriteAllText(draft, $$"""{ "Payments": { "AttemptTimeout": "{{attemptTimeout}}" } }""");
        File.Move(draft, file, overwrite: true);
    }
}
