namespace Fluxgate;

/// <summary>The port that the documents print. There is one for the whole machine: tests of several processes use it one after the other.</summary>
internal static class DocumentsPort
{
    public const int Number = 9464;

    /// <summary>The error of the server when another program uses the port.</summary>
    public const string Taken =
        "PrometheusServer cannot listen on port 9464 of localhost: the port is in use by another process or server.";

    // Only keeps a run from hanging.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Reserves the port until the result is disposed or the process ends.</summary>
    public static IDisposable Turn()
    {
        var path = Path.Combine(Path.GetTempPath(), $"fluxgate-port-{Number}-{Environment.UserName}.lock");
        FileStream? turn = null;
        Assert.True(SpinWait.SpinUntil(() => (turn = TryLock(path)) is not null, Deadline), $"{path} is locked.");
        return turn!;
    }

    public static async Task<string> PageAsync(int port = Number)
    {
        using var client = new HttpClient { Timeout = Deadline };
        return await client.GetStringAsync(new Uri($"http://localhost:{port}/metrics"));
    }

    private static FileStream? TryLock(string path)
    {
        try
        {
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            // Another process has reserved the port.
            return null;
        }
    }
}
