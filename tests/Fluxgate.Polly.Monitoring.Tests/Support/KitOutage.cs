using System.Globalization;
using System.Text.Json;
using Outage;

namespace Fluxgate;

/// <summary>Runs the program of tests/Outage as a separate process.</summary>
internal sealed class KitOutage : IAsyncDisposable
{
    private readonly KitProgram _program;

    private KitOutage(KitProgram program, int port) => (_program, Port) = (program, port);

    public int Port { get; }

    public static async Task<KitOutage> StartAsync()
    {
        var program = KitProgram.Start(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
            AppContext.BaseDirectory,
            readOutput: false,
            Path.Combine(AppContext.BaseDirectory, "Outage.dll")
        );
        return new(program, int.Parse(await ReadLineAsync(program), CultureInfo.InvariantCulture));
    }

    /// <summary>Returns its own counts.</summary>
    public Task<CountedProcess> CountAsync() => PlayAsync("count");

    /// <summary>Runs an act of its outage and returns its own counts.</summary>
    public async Task<CountedProcess> PlayAsync(string act)
    {
        await _program.Input.WriteLineAsync(act);
        await _program.Input.FlushAsync();
        return JsonSerializer.Deserialize<CountedProcess>(await ReadLineAsync(_program))!;
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private static async Task<string> ReadLineAsync(KitProgram program) =>
        await program.Output.ReadLineAsync().WaitAsync(KitWait.Deadline)
        ?? throw new InvalidOperationException($"The program ended: {program.OutputText}");
}
