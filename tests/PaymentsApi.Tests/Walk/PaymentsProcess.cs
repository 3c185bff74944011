using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Fluxgate;

/// <summary>Runs the service as a separate process: <c>dotnet PaymentsApi.dll</c>.</summary>
internal sealed class PaymentsProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _written = new(0);

    private PaymentsProcess(string folder, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "PaymentsApi.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string All => string.Join('\n', _lines);

    public static PaymentsProcess Start(
        string folder,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>>? environment = null
    ) => new(folder, arguments, environment ?? []);

    /// <summary>Waits for a line that matches, among all lines since the start, and returns the first one.</summary>
    public async Task<string> LineAsync(Func<string, bool> wanted, string what)
    {
        using var late = new CancellationTokenSource(Deadline);
        while (true)
        {
            if (_lines.FirstOrDefault(wanted) is { } line)
            {
                return line;
            }

            try
            {
                await _written.WaitAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"The service did not write: {what}\nIt wrote:\n{All}");
            }
        }
    }

    public async Task<string> AddressAsync()
    {
        const string Listening = "Now listening on: ";
        var line = await LineAsync(line => line.Contains(Listening, StringComparison.Ordinal), Listening);
        return line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..];
    }

    public async Task<int> EndAsync()
    {
        using var late = new CancellationTokenSource(Deadline);
        await _process.WaitForExitAsync(late.Token);
        return _process.ExitCode;
    }

    /// <summary>
    /// Ends it as <c>kill</c> and service managers do. Ctrl+C would be SIGINT, which a process ignores if its ancestor was started in the background
    /// of a script.
    /// </summary>
    public Task TerminateAsync() => ExternalTool.RunAsync("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        // Also after it has exited: its last lines may still arrive.
        await EndAsync();
        _process.Dispose();
        _written.Dispose();
    }

    private void Take(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
            _written.Release();
        }
    }
}
