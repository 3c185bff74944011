using System.Globalization;

namespace QuickStart;

/// <summary>What the command line asks for.</summary>
internal sealed record Arguments(int Port, bool Forever)
{
    private const int DefaultPort = 9464;

    private const string Help = """
        A dependency turns slow, fails, hangs and recovers; a Fluxgate circuit stands between it and its callers. Watch what happens.

        Usage: dotnet run --project samples/QuickStart -- [options]

          --port N    serve /metrics on this port of localhost; 9464 unless given, 0 for a free one
          --forever   begin again instead of ending after 25 seconds; Ctrl+C ends it
          --help      this text

        On a terminal it draws a live view, without colours where NO_COLOR is set; piped, it writes plain lines.
        Exit code: 0 when the circuit opened and closed again, 1 when it did not, 2 for arguments that cannot be used.
        """;

    /// <summary>Reads the command line. Where there is nothing to run, <paramref name="exitCode"/> is what to end with.</summary>
    public static bool TryParse(string[] args, out Arguments arguments, out int exitCode)
    {
        arguments = new(DefaultPort, Forever: false);
        exitCode = 0;
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--help" or "-h":
                    Console.WriteLine(Help);
                    return false;
                case "--forever":
                    arguments = arguments with { Forever = true };
                    break;
                case "--port" when i + 1 < args.Length && TryParsePort(args[i + 1], out var port):
                    arguments = arguments with { Port = port };
                    i++;
                    break;
                case "--port":
                    exitCode = Refuse($"--port needs a number from 0 to 65535{(i + 1 < args.Length ? $", but got '{args[i + 1]}'" : "")}.");
                    return false;
                default:
                    exitCode = Refuse($"'{args[i]}' is no argument of this program. Try --help.");
                    return false;
            }
        }

        return true;
    }

    /// <summary>Says why the program cannot run.</summary>
    public static int Refuse(string message)
    {
        Console.Error.WriteLine(message);
        return 2;
    }

    private static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= ushort.MaxValue;
}
