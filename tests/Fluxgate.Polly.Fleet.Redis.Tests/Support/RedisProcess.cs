using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fluxgate;

/// <summary>
/// A redis-server, or a Sentinel, as a process on a loopback port, in a temporary folder of its own. It ends with the test run, even if that is killed: a shell waits for the end of
/// its input, which the operating system closes.
/// </summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private const string Script = """
        program=$1; shift
        "$program" "$@" </dev/null >>output 2>&1 &
        echo $!
        cat >/dev/null
        kill -9 $! 2>/dev/null
        wait
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PortIsTaken = TimeSpan.FromSeconds(10);
    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, "redis-server"))
        .FirstOrDefault(File.Exists);

    private static int _lastPort = Random.Shared.Next(12_000, 28_000);

    private readonly string _folder;
    private readonly string[] _arguments;
    private Process? _shell;
    private int _id;

    private RedisProcess(string folder, int port, string[] arguments) => (_folder, Port, _arguments) = (folder, port, arguments);

    /// <summary>The reason to skip if there is no redis-server; <see langword="null"/> if there is one.</summary>
    public static string? Missing { get; } =
        Program is null ? "Needs redis-server on the PATH: apt-get install -y --no-install-recommends redis-server (Debian, Ubuntu)" : null;

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Starts a server that keeps nothing on disk.</summary>
    public static Task<RedisProcess> StartAsync(params string[] arguments) => StartAsync(() => arguments);

    /// <summary>Starts a server that keeps nothing on disk.</summary>
    /// <param name="arguments">Returns its arguments, for each attempt anew: another program may have taken a port first.</param>
    public static Task<RedisProcess> StartAsync(Func<string[]> arguments) =>
        StartAsync(_ => ["--save", "", "--appendonly", "no", .. arguments()]);

    /// <summary>Starts a server.</summary>
    /// <param name="arguments">Returns its arguments for the folder that it runs in.</param>
    public static async Task<RedisProcess> StartAsync(Func<string, string[]> arguments)
    {
        var folder = Directory.CreateTempSubdirectory("fluxgate-redis-").FullName;
        for (var attempt = 1; ; attempt++)
        {
            var process = new RedisProcess(folder, FreePort(), arguments(folder));
            if (await process.TryStartAsync())
            {
                return process;
            }

            // Another program may have taken the port first.
            var output = await File.ReadAllTextAsync(Path.Combine(folder, "output"));
            await process.KillAsync();
            if (attempt == 3)
            {
                throw new InvalidOperationException($"redis-server does not start: {output}");
            }
        }
    }

    /// <summary>Returns a free port below those that the operating system gives to clients, each time another one.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref _lastPort);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another program has this one.
            }
        }
    }

    /// <summary>Starts the server again, on the same port.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        var elapsed = Stopwatch.StartNew();
        while (!await TryStartAsync())
        {
            // Another program may have taken the port for a moment.
            await KillAsync();
            if (elapsed.Elapsed > PortIsTaken)
            {
                throw new InvalidOperationException("redis-server does not start again.");
            }

            await Task.Delay(200);
        }
    }

    /// <summary>Runs a command by redis-cli.</summary>
    public Task<string> CommandAsync(params string[] command) => CliAsync(["-p", Port.ToString(CultureInfo.InvariantCulture), .. command]);

    /// <summary>Runs redis-cli.</summary>
    public static async Task<string> CliAsync(params string[] arguments)
    {
        using var cli = Process.Start(
            new ProcessStartInfo("redis-cli", arguments) { RedirectStandardOutput = true, UseShellExecute = false }
        )!;
        var output = await cli.StandardOutput.ReadToEndAsync().WaitAsync(Deadline);
        await cli.WaitForExitAsync().WaitAsync(Deadline);
        return cli.ExitCode == 0 ? output : throw new InvalidOperationException($"redis-cli ended with {cli.ExitCode}: {output}");
    }

    /// <summary>Ends the process at once, as a crash does.</summary>
    public async Task KillAsync()
    {
        if (_shell is { } shell)
        {
            _shell = null;
            shell.StandardInput.Close();
            await shell.WaitForExitAsync().WaitAsync(Deadline);
            shell.Dispose();
        }
    }

    /// <summary>Stops the process as a debugger does: its sockets stay open, and nothing responds.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    public Task ContinueAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().WaitAsync(Deadline);
        if (kill.ExitCode != 0)
        {
            throw new InvalidOperationException($"kill -{signal} ended with {kill.ExitCode}.");
        }
    }

    private async Task<bool> TryStartAsync()
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        string[] all =
        [
            "-c",
            Script,
            "sh",
            Program!,
            .. _arguments.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)),
            "--port",
            Port.ToString(CultureInfo.InvariantCulture),
            "--bind",
            "127.0.0.1",
            "--dir",
            _folder,
            .. _arguments.SkipWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)),
        ];
        foreach (var argument in all)
        {
            start.ArgumentList.Add(argument);
        }

        var output = Path.Combine(_folder, "output");
        var before = File.Exists(output) ? new FileInfo(output).Length : 0;
        _shell = Process.Start(start)!;
        _id = int.Parse(await _shell.StandardOutput.ReadLineAsync().WaitAsync(Deadline) ?? "", CultureInfo.InvariantCulture);
        var deadline = Stopwatch.StartNew();
        while (deadline.Elapsed < Deadline)
        {
            // A server says this when the port is its own. On a port that another server was faster to take, that one would respond.
            var said = await ReadAsync(output, before);
            if (said.Contains("Running mode=", StringComparison.Ordinal) && await RespondsAsync())
            {
                return true;
            }

            if (said.Contains("Failed listening", StringComparison.Ordinal))
            {
                return false;
            }

            await Task.Delay(20);
        }

        return false;
    }

    private static async Task<string> ReadAsync(string path, long from)
    {
        if (!File.Exists(path))
        {
            return "";
        }

        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = from;
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    /// <summary>Returns whether the server responds, with a right or without.</summary>
    private async Task<bool> RespondsAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray());
            var buffer = new byte[64];
            return await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(Deadline) > 0;
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return false;
        }
    }
}
