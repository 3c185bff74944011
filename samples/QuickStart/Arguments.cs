using System.Globalization;

namespace QuickStart;

/// <summary>The arguments of the command line.</summary>
internal sealed record Arguments(int Port, bool Forever)
{
    private const int DefaultPort = 9464;

    private const string Help = """
        Shows a Fluxgate circuit breaker in front of a dependency that becomes slow, fails, hangs and recovers.

        Usage: dotnet run --project samples/QuickStart -- [options]

          --port N    the port of /metrics on localhost, 0 for a free one; the default is 9464
          --forever   repeat until Ctrl+C instead of stopping after 25 seconds
          --help      show this help

        On a terminal it shows a live view, without colors if NO_COLOR is set. If the output is redirected, it writes plain lines.
        Exit code: 0 if the circuit opened and closed again, 1 if it did not, 2 if an argument is invalid.
        """;

    /// <summary>Parses the command line. Returns <see langword="false"/> if the program should end with <paramref name="exitCode"/>.</summary>
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
                    exitCode = Reject(
                        $"--port must be followed by a number from 0 to 65535{(i + 1 < args.Length ? $", but is followed by '{args[i + 1]}'" : "")}."
                    );
                    return false;
                default:
                    exitCode = Reject($"'{args[i]}' is not a valid argument. Try --help.");
                    return false;
            }
        }

        return true;
    }

    /// <summary>Writes an error and returns the exit code.</summary>
    public static int Reject(string message)
    {
        Console.Error.WriteLine(message);
        return 2;
    }

    private static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= ushort.MaxValue;
}
