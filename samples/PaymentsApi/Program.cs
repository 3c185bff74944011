using Fluxgate;
using PaymentsApi;

return await ServiceRunner.RunAsync(
    args,
    () =>
    {
        var builder = WebApplication.CreateSlimBuilder(ServiceRunner.Options(args));
        var startup = new StartupLogFilter(builder.Logging);
        var settings = Settings.Read(builder.Configuration);
        var metrics = new ServiceMetrics(settings);
        builder.ListenOnLoopback();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 16 * 1024);

        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(metrics);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Upstreams>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Upstreams>());

        // The breakers with rules from appsettings.json, which is reloaded when it changes; their listeners and health checks.
        builder
            .Services.AddFluxgate(builder.Configuration.GetSection("Fluxgate"))
            .AddBreaker(CardProcessor.Name)
            .AddBreaker(FraudCheck.Name);
        builder.Services.AddFluxgateListener<LogListener>();
        builder.Services.AddFluxgateListener(new PrometheusListener(metrics.Page));
        if (settings.Slack is { } slack)
        {
            builder.Services.AddFluxgateListener(services => new SlackListener(slack, services.GetService<ILogger<SlackListener>>()));
        }

        builder.Services.AddHealthChecks().AddFluxgate("circuits");
        Operators.AddTo(builder.Services);

        // The clients. The fraud check is a GET and may be retried; a charge is a POST and is not.
        builder.Services.AddUpstreamClient(CardProcessor.Name, settings.UpstreamTimeout);
        builder.Services.AddUpstreamClient(FraudCheck.Name, settings.UpstreamTimeout);
        builder.Services.AddSingleton<FraudCheck>();
        builder.Services.AddSingleton<CardProcessor>();
        builder.Services.AddSingleton<PaymentService>();

        var app = builder.Build();
        startup.EndWith(app.Lifetime.ApplicationStarted);
        app.CountRequests();
        app.MapPost("/payments", app.Services.GetRequiredService<PaymentService>().HandleAsync);
        app.MapFluxgateMetrics("/metrics", metrics.Page);
        app.MapHealthChecks("/health", new() { ResponseWriter = HealthPage.WriteAsync });
        app.MapUpstreams();
        if (settings.ControlKey is not null)
        {
            app.MapFluxgateDashboard("/circuits", options => options.Policy = options.ControlPolicy = Operators.Policy);
        }

        app.MapGet("/", () => TypedResults.Text(RootPage.Text(settings)));
        return app;
    }
);
