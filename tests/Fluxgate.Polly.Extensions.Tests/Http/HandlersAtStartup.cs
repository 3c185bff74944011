using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Polly;

namespace Fluxgate;

public sealed class HandlersAtStartup
{
    [Fact]
    public async Task A_host_does_not_start_with_a_pipeline_that_cannot_be_built()
    {
        var error = await Refused(services =>
        {
            services.AddFluxgate().AddBreaker("payments");
            services.AddHttpClient("shop").AddFluxgateHandler((pipeline, provider) => pipeline.AddFluxgateBreaker(provider, "paymnts"));
        });
        Assert.StartsWith(
            "The pipeline of the HTTP client 'shop' could not be built: No breaker is named 'paymnts'. Did you mean 'payments'?",
            error.Message
        );
        Assert.IsType<KeyNotFoundException>(error.InnerException);
    }

    [Fact]
    public async Task All_pipelines_that_cannot_be_built_are_reported_together()
    {
        var error = await Refused(services =>
        {
            services.AddFluxgate().AddBreaker("payments");
            services
                .AddHttpClient("shop")
                .AddFluxgateHandler(
                    (pipeline, provider) =>
                        pipeline.AddFluxgateStandard(
                            provider.Breakers()["payments"],
                            standard => standard.AttemptTimeout = TimeSpan.FromMinutes(1)
                        )
                );
            services.AddHttpClient("bank").AddFluxgateHandler(_ => throw new NotSupportedException("no such pipeline"));
        });
        Assert.Collection(
            error.Message.Split(Environment.NewLine),
            line =>
                Assert.StartsWith(
                    "The pipeline of the HTTP client 'shop' could not be built: AttemptTimeout must be less than TotalRequestTimeout (00:00:30), but is 00:01:00.",
                    line
                ),
            line => Assert.Equal("The pipeline of the HTTP client 'bank' could not be built: no such pipeline", line)
        );
        Assert.Equal(2, Assert.IsType<AggregateException>(error.InnerException).InnerExceptions.Count);
    }

    // In any order of registration: the pipeline cannot be built without the breaker, but the invalid settings are the cause.
    [Fact]
    public async Task Invalid_settings_are_reported_before_pipelines()
    {
        var error = await Assert.ThrowsAnyAsync<OptionsValidationException>(() =>
            StartAsync(services =>
            {
                services
                    .AddHttpClient("shop")
                    .AddFluxgateHandler((pipeline, provider) => pipeline.AddFluxgateBreaker(provider, "payments"));
                services
                    .AddFluxgate()
                    .AddBreaker("payments", settings => settings.ProbeLease = TimeSpan.Zero)
                    .AddBreaker("orders", settings => settings.ProbeLease = TimeSpan.Zero);
            })
        );
        Assert.Equal(2, error.Failures.Count());
    }

    [Fact]
    public async Task Requests_use_the_pipeline_that_was_built_at_startup()
    {
        await using var upstream = await HttpUpstream.StartAsync();
        List<string?> built = [];
        using var host = await StartAsync(services =>
        {
            services.AddFluxgate().AddBreaker("payments");
            services
                .AddHttpClient("shop")
                .AddFluxgateHandler(
                    (pipeline, provider) =>
                    {
                        built.Add(pipeline.Name);
                        pipeline.AddFluxgateBreaker(provider, "payments");
                    }
                )
                .AddFluxgateHandler(HttpAuthority.Of, (_, _, key) => built.Add(key));
        });
        Assert.Equal(["shop"], built);

        await host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("shop").GetStringAsync(upstream.Address);

        Assert.Equal(["shop", HttpAuthority.Of(new(HttpMethod.Get, upstream.Address))], built);
        Assert.Equal(1, host.Services.Breakers()["payments"].Snapshot().Requests);
    }

    [Fact]
    public async Task Handlers_work_without_breakers_of_the_container()
    {
        using var breaker = new FluxgateBreaker("payments");
        using var host = await StartAsync(services =>
            services.AddHttpClient("shop").AddFluxgateHandler((pipeline, _) => pipeline.AddFluxgateBreaker(breaker))
        );
        Assert.Null(host.Services.GetService<FluxgateBreakers>());
    }

    private static Task<InvalidOperationException> Refused(Action<IServiceCollection> add) =>
        Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(add));

    private static async Task<IHost> StartAsync(Action<IServiceCollection> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        add(builder.Services);
        var host = builder.Build();
        try
        {
            await host.StartAsync().WaitAsync(DiContainer.Deadline);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }
}
