namespace FleetSample;

/// <summary>The arguments of the command line.</summary>
/// <param name="Redis">The connection string of a Redis that runs; <see langword="null"/> to start one.</param>
internal sealed record Arguments(string? Redis)
{
    private const string Help = """
        Starts eight instances of a small service as processes that are one fleet. Their dependency fails for some of them, then for all. The
        circuit is forced open everywhere and released, and Redis is killed in the middle. It takes about 50 seconds.

        Usage: dotnet run --project samples/Fleet -- [options]

          --redis ADDRESS  use a Redis that runs, such as 127.0.0.1:6379, and do not kill it; by default, start redis-server
          --help           show this help

        On a terminal it shows a live view, without colors if NO_COLOR is set. If the output is redirected, it writes plain lines.
        Exit code: 0 if all instances did what the summary expects, 1 if not, 2 if an argument is invalid.
        """;

    /// <summary>Parses the command line. Returns <see langword="false"/> if the program should end with <paramref name="exitCode"/>.</summary>
    public static bool TryParse(string[] args, out Arguments arguments, out int exitCode)
    {
        arguments = new(Redis: null);
        exitCode = 0;
        switch (args)
        {
            case []:
                return true;
            case ["--redis", var redis] when redis.Length > 0:
                arguments = new(redis);
                return true;
            case ["--help" or "-h"]:
                Console.WriteLine(Help);
                return false;
            case ["--redis", ..]:
                Console.Error.WriteLine("--redis must be followed by one address, such as 127.0.0.1:6379.");
                exitCode = 2;
                return false;
            default:
                Console.Error.WriteLine($"'{args[0]}' is not a valid argument. Try --help.");
                exitCode = 2;
                return false;
        }
    }
}
