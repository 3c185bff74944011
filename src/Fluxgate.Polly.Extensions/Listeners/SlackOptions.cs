namespace Fluxgate;

/// <summary>Where <see cref="SlackListener"/> posts, what, and how patiently: either <see cref="Token"/> and <see cref="Channel"/>, or <see cref="WebhookUrl"/>.</summary>
/// <remarks>Not thread-safe; read when the listener is made. Token and webhook address are secrets, which no message, log or exception of ours shows.</remarks>
public sealed class SlackOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>A bot token with the scope <c>chat:write</c>, to post by <c>chat.postMessage</c>: one thread for each outage.</summary>
    /// <value><see langword="null"/> unless set. Printable ASCII without spaces, and without <c>Bearer</c>.</value>
    public string? Token { get; set; }

    /// <summary>The channel to post to, by id or name; with <see cref="Token"/> only.</summary>
    /// <value><see langword="null"/> unless set.</value>
    public string? Channel { get; set; }

    /// <summary>The address of an incoming webhook, which has its channel already: plain messages without threads.</summary>
    /// <value><see langword="null"/> unless set. An absolute <c>https</c> address; <c>http</c> on loopback only.</value>
    public Uri? WebhookUrl { get; set; }

    /// <summary>The address of Slack's Web API, for a proxy or a stand-in.</summary>
    /// <value>An absolute <c>https</c> address, <c>http</c> on loopback only; Slack's own unless set.</value>
    public Uri ApiAddress { get; set; } = new("https://slack.com/api/");

    /// <summary>The texts of transitions, in English unless changed.</summary>
    public SlackMessages Messages { get; set; } = new();

    /// <summary>The text of a notice, or <see langword="null"/> to pass over it. The text is Slack's markup: see <see cref="SlackText.Escape"/>.</summary>
    /// <value>Passes over all notices unless set.</value>
    public Func<Notice, string?> NoticeMessage { get; set; } = static _ => null;

    /// <summary>How long one request to Slack may take.</summary>
    /// <value>Greater than zero and at most 1 h; 10 s unless set.</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a message is tried at the most.</summary>
    /// <value>At least 1; 5 unless set.</value>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>How long a message is tried at the most, with all waits. A <c>Retry-After</c> beyond it is not waited for.</summary>
    /// <value>Greater than zero and at most 1 h; 1 min unless set.</value>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The wait after the first attempt that failed; it doubles with every further one. A <c>Retry-After</c> of Slack comes before it.</summary>
    /// <value>Greater than zero and at most 1 h; 1 s unless set.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    internal void Validate()
    {
        if (WebhookUrl is null == Token is null)
        {
            throw new ArgumentException(
                WebhookUrl is null
                    ? "Either Token and Channel, or WebhookUrl must be set, but neither is."
                    : "Either Token and Channel, or WebhookUrl must be set, but both Token and WebhookUrl are."
            );
        }

        if (Token is not null && (Token.Length == 0 || Token.Any(letter => letter is <= ' ' or > '~')))
        {
            throw new ArgumentException(
                "Token must be printable ASCII characters without spaces, at least one. Its value is not shown.",
                nameof(Token)
            );
        }

        if (Token is not null == string.IsNullOrWhiteSpace(Channel))
        {
            throw new ArgumentException(
                Token is not null
                    ? "Channel must be set where Token is: the channel's id or name."
                    : $"Channel must be null where WebhookUrl is set, but is '{Channel}': a webhook has its channel already.",
                nameof(Channel)
            );
        }

        if (!IsSafe(WebhookUrl))
        {
            throw new ArgumentException(
                "WebhookUrl must be an absolute https address (http on loopback only). Its value is not shown.",
                nameof(WebhookUrl)
            );
        }

        if (ApiAddress is null || !IsSafe(ApiAddress))
        {
            throw new ArgumentException(
                $"ApiAddress must be an absolute https address (http on loopback only), but is '{ApiAddress}'.",
                nameof(ApiAddress)
            );
        }

        NotNull(Messages, nameof(Messages));
        NotNull(NoticeMessage, nameof(NoticeMessage));
        InRange(RequestTimeout, nameof(RequestTimeout));
        InRange(GiveUpAfter, nameof(GiveUpAfter));
        InRange(RetryDelay, nameof(RetryDelay));
        if (MaxAttempts < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MaxAttempts),
                MaxAttempts,
                $"MaxAttempts must be at least 1, but is {MaxAttempts}."
            );
        }
    }

    // The secret goes over the wire.
    private static bool IsSafe(Uri? address) =>
        address is null
        || address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);

    private static void NotNull(object? value, string name)
    {
        if (value is null)
        {
            throw new ArgumentNullException(name, $"{name} must not be null.");
        }
    }

    private static void InRange(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero || value > Longest)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be greater than zero and at most {Longest}, but is {value}.");
        }
    }
}
