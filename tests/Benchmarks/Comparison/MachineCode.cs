using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Fluxgate;

/// <summary>
/// Counts the instructions of the methods that a successful call through a closed circuit runs. The counts depend on the runtime and the
/// processor's architecture only, so a test on any machine notices when the path grows.
/// </summary>
/// <remarks>Compiled with all optimizations and without a profile. The counts include the branches that such a call does not take.</remarks>
internal static class MachineCode
{
    private const string Filter = "Fluxgate.*:ExecuteCore Fluxgate.*:Settle Fluxgate.*:Record Fluxgate.*:Advance";
    private const string Child = "--closed-call";
    private const int Deadline = 60_000;

    // Each with a margin of less than a tenth for other versions of the runtime.
    private static readonly (string Method, int Most)[] Path =
    [
        ("FluxgateStrategy`1[int]:ExecuteCore[int,int]", 380),
        ("FluxgateStrategy`1[int]:Settle[int]", 105),
        ("Ticket:Settle", 165),
        ("ClosedPhase:Settle", 275),
        ("ClosedPhase:Record", 118),
        ("BucketWindow:Advance", 22),
    ];

    public static bool IsChild(string[] args) => args is [Child];

    /// <summary>Makes the calls whose code the parent process counts.</summary>
    public static void Call() => new Calls().Fluxgate_time_window();

    /// <summary>Prints the counts beside their limits.</summary>
    /// <returns>The exit code: 1 if a method has more instructions than its limit, or if it was not compiled.</returns>
    public static int Check()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            Console.WriteLine($"The limits are those of x64. This is {RuntimeInformation.ProcessArchitecture}: not checked.");
            return 0;
        }

        var counts = Count();
        var exceeded = 0;
        foreach (var (method, most) in Path)
        {
            var count = counts.GetValueOrDefault(method);
            var verdict =
                count == 0 ? "NOT COMPILED, renamed or inlined"
                : count > most ? "TOO MANY"
                : "ok";
            exceeded += count == 0 || count > most ? 1 : 0;
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{count, 5} of at most {most, 3} instructions: {method}: {verdict}")
            );
        }

        return exceeded == 0 ? 0 : 1;
    }

    private static Dictionary<string, int> Count()
    {
        var listing = System.IO.Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!, [Child])
            {
                Environment =
                {
                    ["DOTNET_JitDisasm"] = Filter,
                    ["DOTNET_JitStdOutFile"] = listing,
                    ["DOTNET_TieredCompilation"] = "0",
                    ["DOTNET_TieredPGO"] = "0",
                    ["DOTNET_ReadyToRun"] = "0",
                },
            };
            using var process = Process.Start(start)!;
            if (!process.WaitForExit(Deadline))
            {
                process.Kill();
                throw new TimeoutException("The call whose code is counted did not end.");
            }

            return Read(File.ReadLines(listing));
        }
        finally
        {
            File.Delete(listing);
        }
    }

    private static Dictionary<string, int> Read(IEnumerable<string> listing)
    {
        // "; Assembly listing for method Fluxgate.ClosedPhase:Record(bool,long,long,long):Fluxgate.Signal:this (FullOpts)"
        const string Header = "; Assembly listing for method Fluxgate.";
        const string Indent = "       ";
        var counts = new Dictionary<string, int>();
        var method = "";
        foreach (var line in listing)
        {
            if (line.StartsWith(Header, StringComparison.Ordinal))
            {
                method = line[Header.Length..line.IndexOf('(')];
                counts[method] = 0;
            }
            else if (line.StartsWith(Indent, StringComparison.Ordinal) && char.IsAsciiLetterLower(line[Indent.Length]))
            {
                counts[method]++;
            }
        }

        return counts;
    }
}
