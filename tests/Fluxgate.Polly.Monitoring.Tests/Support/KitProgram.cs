using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Fluxgate;

/// <summary>A program that a test starts and ends by its own handle.</summary>
internal sealed class KitProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly Task _reading;

    private KitProgram(Process process, bool readOutput)
    {
        _process = process;
        _reading = Task.WhenAll(
            CollectAsync(process.StandardError, _output, _errors),
            readOutput ? CollectAsync(process.StandardOutput, _output) : Task.CompletedTask
        );
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Its output, for the message of a failing test.</summary>
    public string OutputText => string.Join('\n', _output);

    public StreamReader Output => _process.StandardOutput;

    public StreamWriter Input => _process.StandardInput;

    /// <summary>Starts a program. Its output is collected unless the test reads it.</summary>
    public static KitProgram Start(string file, string folder, bool readOutput, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new(Process.Start(start)!, readOutput);
    }

    /// <summary>Runs a program until it exits.</summary>
    public static async Task<(int ExitCode, string OutputText)> RunAsync(string file, string folder, params string[] arguments)
    {
        var (exitCode, output, _) = await RunToExitAsync(file, folder, arguments);
        return (exitCode, output);
    }

    /// <summary>Runs a program until it exits. The output includes its standard error.</summary>
    public static async Task<(int ExitCode, string OutputText, string Errors)> RunToExitAsync(
        string file,
        string folder,
        params string[] arguments
    )
    {
        await using var program = Start(file, folder, readOutput: true, arguments);
        using var deadline = new CancellationTokenSource(KitWait.Deadline);
        await program._process.WaitForExitAsync(deadline.Token);
        await program._reading;
        return (program._process.ExitCode, program.OutputText, string.Join('\n', program._errors));
    }

    /// <summary>Returns a loopback port that is free now.</summary>
    public static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        await _reading;
        _process.Dispose();
    }

    private static async Task CollectAsync(StreamReader reader, params ConcurrentQueue<string>[] into)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            Array.ForEach(into, lines => lines.Enqueue(line));
        }
    }
}
