using System.Globalization;
using Fluxgate;

namespace PaymentsApi;

/// <summary>What the service itself takes from the configuration. The breakers' rules are in the section <c>Fluxgate</c>, which the library reads.</summary>
internal sealed record Settings
{
    public const int ShortestKey = 16;

    /// <summary>Payments up to this amount are taken while nobody can check them for fraud.</summary>
    public required decimal AcceptUncheckedUpTo { get; init; }

    /// <summary>How long one attempt at an upstream may take.</summary>
    public required TimeSpan UpstreamTimeout { get; init; }

    /// <summary>The ports of the upstreams; 0 for a free one.</summary>
    public required int CardsPort { get; init; }

    public required int FraudPort { get; init; }

    /// <summary>The key to the breakers; <see langword="null"/> while the endpoints that steer them are off.</summary>
    public required string? ControlKey { get; init; }

    /// <summary>Where alerts go; <see langword="null"/> for nowhere.</summary>
    public required SlackOptions? Slack { get; init; }

    public required IReadOnlyDictionary<string, string> MetricLabels { get; init; }

    /// <summary>Reads everything, and tells of everything that is wrong at once.</summary>
    /// <exception cref="SettingsRefusedException">Something cannot be used.</exception>
    public static Settings Read(IConfiguration configuration)
    {
        var reader = new SettingsReader(configuration);
        var settings = new Settings
        {
            AcceptUncheckedUpTo = reader.Decimal("Payments:AcceptUncheckedUpTo", unlessSet: 0, least: 0, most: 1_000_000),
            UpstreamTimeout = reader.Time(
                "Upstreams:Timeout",
                unlessSet: TimeSpan.FromSeconds(2),
                least: TimeSpan.FromMilliseconds(10),
                most: TimeSpan.FromSeconds(30)
            ),
            CardsPort = (int)reader.Decimal("Upstreams:CardsPort", unlessSet: 0, least: 0, most: ushort.MaxValue),
            FraudPort = (int)reader.Decimal("Upstreams:FraudPort", unlessSet: 0, least: 0, most: ushort.MaxValue),
            ControlKey = ReadControlKey(reader),
            Slack = ReadSlack(reader),
            MetricLabels = configuration
                .GetSection("Metrics:Labels")
                .GetChildren()
                .ToDictionary(label => label.Key, label => label.Value ?? "", StringComparer.Ordinal),
        };
        reader.CheckAddresses("urls");
        return reader.Problems.Count == 0 ? settings : throw new SettingsRefusedException(reader.Problems);
    }

    private static string? ReadControlKey(SettingsReader reader)
    {
        if (!reader.Switch("Control:Enabled"))
        {
            return null;
        }

        var key = reader.Text("Control:Key") ?? "";
        if (key.Length < ShortestKey || key.Any(letter => letter is <= ' ' or > '~'))
        {
            reader.Refuse(
                $"Control:Key must be at least {ShortestKey.ToString(CultureInfo.InvariantCulture)} printable ASCII characters without spaces where Control:Enabled is true; "
                    + "its value is not shown. Set it in the environment: Control__Key=…"
            );
        }

        return key;
    }

    private static SlackOptions? ReadSlack(SettingsReader reader)
    {
        var (token, channel, webhook) = (reader.Text("Slack:Token"), reader.Text("Slack:Channel"), reader.Text("Slack:WebhookUrl"));
        if ((token ?? channel ?? webhook) is null)
        {
            return null;
        }

        if (webhook is not null && !Uri.TryCreate(webhook, UriKind.Absolute, out _))
        {
            reader.Refuse("Slack:WebhookUrl must be an absolute https address. Its value is not shown.");
            return null;
        }

        var options = new SlackOptions
        {
            Token = token,
            Channel = channel,
            WebhookUrl = webhook is null ? null : new(webhook),
        };
        if (reader.Text("Slack:ApiAddress") is { } address)
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var api))
            {
                reader.Refuse($"Slack:ApiAddress must be an absolute https address, but is '{address}'.");
                return null;
            }

            options.ApiAddress = api;
        }

        try
        {
            // The listener judges its options, and is the one that will use them.
            using var judge = new SlackListener(options);
        }
        catch (ArgumentException error)
        {
            reader.Refuse($"Slack: {SettingsReader.Sentence(error)}");
        }

        return options;
    }
}
