using System.Globalization;
using Fluxgate;

namespace PaymentsApi;

/// <summary>The settings of the service. The rules of the breakers are in the section <c>Fluxgate</c>, which the library reads.</summary>
internal sealed record Settings
{
    public const int MinKeyLength = 16;

    /// <summary>Gets the maximum amount of a payment that is accepted while the fraud check is unavailable.</summary>
    public required decimal AcceptUncheckedUpTo { get; init; }

    /// <summary>Gets the timeout of an attempt to call an upstream.</summary>
    public required TimeSpan UpstreamTimeout { get; init; }

    /// <summary>Gets the port of the card processor, or 0 for a free one.</summary>
    public required int CardsPort { get; init; }

    public required int FraudPort { get; init; }

    /// <summary>Gets the key of the operators, or <see langword="null"/> if there is no dashboard.</summary>
    public required string? ControlKey { get; init; }

    /// <summary>Gets the options for Slack, or <see langword="null"/> if it is not configured.</summary>
    public required SlackOptions? Slack { get; init; }

    public required IReadOnlyDictionary<string, string> MetricLabels { get; init; }

    /// <summary>Reads the settings and reports all errors at once.</summary>
    /// <exception cref="InvalidSettingsException">A setting is invalid.</exception>
    public static Settings Read(IConfiguration configuration)
    {
        var reader = new SettingsReader(configuration);
        var settings = new Settings
        {
            AcceptUncheckedUpTo = reader.Decimal("Payments:AcceptUncheckedUpTo", defaultValue: 0, min: 0, max: 1_000_000),
            UpstreamTimeout = reader.Time(
                "Upstreams:Timeout",
                defaultValue: TimeSpan.FromSeconds(2),
                min: TimeSpan.FromMilliseconds(10),
                max: TimeSpan.FromSeconds(30)
            ),
            CardsPort = (int)reader.Decimal("Upstreams:CardsPort", defaultValue: 0, min: 0, max: ushort.MaxValue),
            FraudPort = (int)reader.Decimal("Upstreams:FraudPort", defaultValue: 0, min: 0, max: ushort.MaxValue),
            ControlKey = ReadControlKey(reader),
            Slack = ReadSlack(reader),
            MetricLabels = configuration
                .GetSection("Metrics:Labels")
                .GetChildren()
                .ToDictionary(label => label.Key, label => label.Value ?? "", StringComparer.Ordinal),
        };
        reader.CheckAddresses("urls");
        return reader.Errors.Count == 0 ? settings : throw new InvalidSettingsException(reader.Errors);
    }

    private static string? ReadControlKey(SettingsReader reader)
    {
        if (!reader.Switch("Control:Enabled"))
        {
            return null;
        }

        var key = reader.Text("Control:Key") ?? "";
        if (key.Length < MinKeyLength || key.Any(letter => letter is <= ' ' or > '~'))
        {
            reader.AddError(
                $"Control:Key must be at least {MinKeyLength.ToString(CultureInfo.InvariantCulture)} printable ASCII characters without spaces, because Control:Enabled is true; "
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
            reader.AddError("Slack:WebhookUrl must be an absolute https address. Its value is not shown.");
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
                reader.AddError($"Slack:ApiAddress must be an absolute https address, but is '{address}'.");
                return null;
            }

            options.ApiAddress = api;
        }

        try
        {
            // The listener validates its options.
            using var listener = new SlackListener(options);
        }
        catch (ArgumentException error)
        {
            reader.AddError($"Slack: {SettingsReader.MessageOf(error)}");
        }

        return options;
    }
}
