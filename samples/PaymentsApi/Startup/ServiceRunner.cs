using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace PaymentsApi;

/// <summary>Runs the service, and writes the reasons if it cannot start.</summary>
internal static class ServiceRunner
{
    private const int CannotStart = 2;

    private const string Help = """
        Takes payments through a card processor and a fraud check, which are included. Each has a Fluxgate circuit breaker.

        Usage: dotnet run --project samples/PaymentsApi -- [options]

          --urls ADDRESSES  the addresses to listen on; the default is http://localhost:5080; http://127.0.0.1:0 selects a free port
          --KEY=VALUE       a value of appsettings.json, for example --Payments:AcceptUncheckedUpTo=100
          --help            show this help

        Environment variables override values too (Control__Enabled=true Control__Key=…). Ctrl+C stops the service.
        Exit code: 0 if the service was stopped, 2 if it cannot start.
        """;

    /// <summary>Runs the service until it stops.</summary>
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
        catch (Exception error) when (ReasonsOf(error) is { } reasons)
        {
            await Console.Error.WriteLineAsync("The service cannot start:");
            foreach (var reason in reasons)
            {
                await Console.Error.WriteLineAsync($"  {reason}");
            }

            return CannotStart;
        }
    }

    /// <summary>Returns the options of the builder. Without appsettings.json in the current directory, the directory of the program is used.</summary>
    public static WebApplicationOptions Options(string[] args)
    {
        var isElsewhere =
            args.Any(arg => arg.StartsWith("--contentRoot", StringComparison.OrdinalIgnoreCase)) || File.Exists("appsettings.json");
        return new() { Args = args, ContentRootPath = isElsewhere ? null : AppContext.BaseDirectory };
    }

    /// <summary>Listens on loopback unless other addresses are configured.</summary>
    public static void ListenOnLoopback(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        if (configuration["urls"] is null && configuration["http_ports"] is null && !configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls("http://localhost:5080");
        }
    }

    private static IEnumerable<string>? ReasonsOf(Exception error) =>
        error switch
        {
            InvalidSettingsException settings => settings.Errors,
            OptionsValidationException invalid => invalid.Failures,
            InvalidDataException { InnerException: { } inner } unreadable => [unreadable.Message, inner.Message],
            IOException or SocketException => [error.Message, "Use --urls to listen on another address."],
            _ => null,
        };
}
