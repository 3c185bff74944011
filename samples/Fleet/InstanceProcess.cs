using System.Diagnostics;

namespace FleetSample;

/// <summary>The process of one instance, as the demonstration sees it.</summary>
internal sealed class InstanceProcess : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Task _reading;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource<string>? _response;
    private volatile Report? _report;
    private bool _isDisposed;

    /// <summary>Starts an instance.</summary>
    /// <param name="program">The path of this program.</param>
    /// <param name="number">The number of the instance.</param>
    /// <param name="redis">The connection string of Redis.</param>
    /// <param name="dependency">The address of the dependency.</param>
    public InstanceProcess(string program, int number, string redis, Uri dependency)
    {
        Number = number;
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var argument in new[] { program, "instance", $"{number}", redis, dependency.ToString() })
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _reading = ReadAsync();
    }

    public int Number { get; }

    /// <summary>Gets its last report; <see langword="null"/> before the first.</summary>
    public Report? Report => _report;

    public Task WaitUntilStartedAsync(CancellationToken cancellationToken) => _started.Task.WaitAsync(Deadline * 3, cancellationToken);

    /// <summary>Has the operator execute a command in this instance.</summary>
    public async Task<string> ExecuteAsync(string command, CancellationToken cancellationToken)
    {
        var response = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _response = response;
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await response.Task.WaitAsync(Deadline, cancellationToken);
    }

    /// <summary>Has it end, and waits for its last report.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        await Task.WhenAll(_reading, _process.WaitForExitAsync()).WaitAsync(Deadline);
    }

    /// <summary>Kills it, if it has not ended.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Report.TryParse(line) is not { } report)
            {
                continue;
            }

            _report = report;
            _started.TrySetResult();
            if (report.Response is { } response)
            {
                _response?.TrySetResult(response);
            }
        }

        _started.TrySetException(new InvalidOperationException($"Instance {Number} ended before it had started."));
    }
}
