using System.Diagnostics;

namespace Fluxgate;

/// <summary>Runs <c>dotnet</c> outside of the repository, with a deadline.</summary>
internal static class DotnetCommand
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    /// <summary>Returns what the command wrote; throws with that text if it fails.</summary>
    public static async Task<string> RunAsync(
        string folder,
        IEnumerable<string> arguments,
        params (string Name, string Value)[] environment
    )
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The test host's own MSBuild settings would replace those of the SDK that the command finds.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var late = new CancellationTokenSource(Deadline);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(late.Token);
            var errors = process.StandardError.ReadToEndAsync(late.Token);
            await process.WaitForExitAsync(late.Token);
            var text = await output + await errors;
            return process.ExitCode == 0
                ? text
                : throw new InvalidOperationException(
                    $"dotnet {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}:\n{text}"
                );
        }
        catch (OperationCanceledException error)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"dotnet {string.Join(' ', start.ArgumentList)} did not end within {Deadline}.", error);
        }
    }
}
