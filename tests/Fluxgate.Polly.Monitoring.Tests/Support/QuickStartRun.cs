namespace Fluxgate;

/// <summary>One complete run of the QuickStart, which takes 25 seconds.</summary>
public sealed class QuickStartRun : IAsyncLifetime
{
    // Its outage takes real seconds: a machine that stalls for some of them may spoil it.
    private const int Attempts = 3;

    internal int ExitCode { get; private set; } = -1;

    internal string OutputText { get; private set; } = "";

    internal string Errors { get; private set; } = "";

    internal IReadOnlyList<string> Lines => OutputText.Split('\n');

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        for (var attempt = 1; attempt <= Attempts && ExitCode is -1 or 1; attempt++)
        {
            (ExitCode, OutputText, Errors) = await KitQuickStart.RunAsync("--port", "0");
        }
    }

    /// <inheritdoc/>
    public Task DisposeAsync() => Task.CompletedTask;
}
