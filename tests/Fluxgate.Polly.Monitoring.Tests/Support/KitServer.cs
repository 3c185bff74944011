namespace Fluxgate;

/// <summary>A Prometheus or an Alertmanager that a test started on a loopback port and that is ready.</summary>
internal sealed class KitServer : IAsyncDisposable
{
    private const int Attempts = 3;

    private KitServer(KitProgram program, KitApi api) => (Program, Api) = (program, api);

    public KitProgram Program { get; }

    public KitApi Api { get; }

    /// <summary>Starts an Alertmanager with the configuration in a folder.</summary>
    public static Task<KitServer> AlertmanagerAsync(string folder, string data) =>
        StartAsync(KitTools.Alertmanager!, folder, "--config.file=alertmanager.yml", $"--storage.path={data}", "--cluster.listen-address=");

    /// <summary>Starts a Prometheus with the configuration in a folder.</summary>
    public static Task<KitServer> PrometheusAsync(string folder, string data) =>
        StartAsync(KitTools.Prometheus!, folder, "--config.file=prometheus.yml", $"--storage.tsdb.path={data}");

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Program.DisposeAsync();
    }

    private static async Task<KitServer> StartAsync(string file, string folder, params string[] arguments)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = KitProgram.FreePort();
            var program = KitProgram.Start(file, folder, readOutput: true, [.. arguments, $"--web.listen-address=127.0.0.1:{port}"]);
            var server = new KitServer(program, new(port));
            await KitWait.UntilAsync(
                async () => program.HasExited || await server.Api.IsReadyAsync(),
                () => $"{file} to be ready:\n{program.OutputText}"
            );
            if (!program.HasExited)
            {
                return server;
            }

            // Another program took the port first; its output says otherwise if not.
            await server.DisposeAsync();
            Assert.True(attempt < Attempts, program.OutputText);
        }
    }
}
