using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace PaymentsApi;

/// <summary>The way into the service, and out of it: what was asked for, or why it cannot start, in words instead of a stack trace.</summary>
internal static class Starter
{
    private const int CannotStart = 2;

    private const string Help = """
        Takes payments through a card processor and a fraud check, which it brings along, each behind a Fluxgate circuit breaker.

        Usage: dotnet run --project samples/PaymentsApi -- [options]

          --urls ADDRESSES  where to listen; http://localhost:5080 unless given, http://127.0.0.1:0 for a free port
          --KEY=VALUE       any value of appsettings.json, for example --Payments:AcceptUncheckedUpTo=100
          --help            this text

        The environment has a say too (Control__Enabled=true Control__Key=…). Ctrl+C ends it.
        Exit code: 0 when it was ended, 2 when it cannot start.
        """;

    /// <summary>Runs until the service has ended.</summary>
    public static async Task<int> RunAsync(string[] args, Func<WebApplication> build)
    {
        if (args.Any(arg => arg is "--help" or "-h"))
        {
            await Console.Out.WriteLineAsync(Help);
            return 0;
        }

        try
        {
            await using var app = build();
            await app.RunAsync();
            return 0;
        }
        catch (Exception error) when (Why(error) is { } problems)
        {
            await Console.Error.WriteLineAsync("The service cannot start:");
            foreach (var problem in problems)
            {
                await Console.Error.WriteLineAsync($"  {problem}");
            }

            return CannotStart;
        }
    }

    /// <summary>The options of the builder: settings are found beside the program when there are none in the current folder.</summary>
    public static WebApplicationOptions Options(string[] args)
    {
        var isElsewhere =
            args.Any(arg => arg.StartsWith("--contentRoot", StringComparison.OrdinalIgnoreCase)) || File.Exists("appsettings.json");
        return new() { Args = args, ContentRootPath = isElsewhere ? null : AppContext.BaseDirectory };
    }

    /// <summary>Listens on loopback unless somebody said otherwise.</summary>
    public static void ListenOnLoopback(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        if (configuration["urls"] is null && configuration["http_ports"] is null && !configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls("http://localhost:5080");
        }
    }

    private static IEnumerable<string>? Why(Exception error) =>
        error switch
        {
            SettingsRefusedException refused => refused.Problems,
            OptionsValidationException invalid => invalid.Failures,
            InvalidDataException { InnerException: { } inner } unreadable => [unreadable.Message, inner.Message],
            IOException or SocketException => [error.Message, "Another address can be given with --urls."],
            _ => null,
        };
}
