namespace Fluxgate;

/// <summary>The options of <see cref="SlackListener"/>. Set either <see cref="Token"/> and <see cref="Channel"/>, or <see cref="WebhookUrl"/>.</summary>
/// <remarks>
/// Not thread-safe. The options are read when the listener is created. The token and the webhook address are secrets: no message, log or
/// exception of this library contains them.
/// </remarks>
public sealed class SlackOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Gets or sets the bot token with the scope <c>chat:write</c>. Messages are posted with <c>chat.postMessage</c>, in one thread for each outage.</summary>
    /// <value>Printable ASCII characters without spaces and without <c>Bearer</c>. The default is <see langword="null"/>.</value>
    public string? Token { get; set; }

    /// <summary>Gets or sets the id or the name of the channel. Required with <see cref="Token"/>, not allowed with <see cref="WebhookUrl"/>.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? Channel { get; set; }

    /// <summary>Gets or sets the address of an incoming webhook. A webhook has its own channel and posts messages without threads.</summary>
    /// <value>An absolute <c>https</c> address; <c>http</c> only on loopback. The default is <see langword="null"/>.</value>
    public Uri? WebhookUrl { get; set; }

    /// <summary>Gets or sets the address of Slack's Web API. Change it to use a proxy or a test server.</summary>
    /// <value>An absolute <c>https</c> address; <c>http</c> only on loopback. The default is <c>https://slack.com/api/</c>.</value>
    public Uri ApiAddress { get; set; } = new("https://slack.com/api/");

    /// <summary>Gets or sets the texts of transitions.</summary>
    /// <value>The default is English.</value>
    public SlackMessages Messages { get; set; } = new();

    /// <summary>Gets or sets the function that returns the text of a notice as Slack markup (see <see cref="SlackText.Escape"/>), or <see langword="null"/> to post nothing.</summary>
    /// <value>By default, no notice is posted.</value>
    public Func<Notice, string?> NoticeMessage { get; set; } = static _ => null;

    /// <summary>Gets or sets the timeout of one request to Slack.</summary>
    /// <value>Greater than zero and at most 1 h. The default is 10 s.</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the maximum number of attempts to post a message.</summary>
    /// <value>At least 1. The default is 5.</value>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>Gets or sets the total time for all attempts to post a message, including delays. A message whose <c>Retry-After</c> ends later is not retried.</summary>
    /// <value>Greater than zero and at most 1 h. The default is 1 min.</value>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets or sets the delay after the first failed attempt. It doubles after every further one. A <c>Retry-After</c> of Slack takes precedence.</summary>
    /// <value>Greater than zero and at most 1 h. The default is 1 s.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    internal void Validate()
    {
        if (WebhookUrl is null == Token is null)
        {
            throw new ArgumentException(
                WebhookUrl is null
                    ? "Either Token and Channel or WebhookUrl must be set, but neither is."
                    : "Either Token and Channel or WebhookUrl must be set, but both Token and WebhookUrl are."
            );
        }

        if (Token is not null && (Token.Length == 0 || Token.Any(letter => letter is <= ' ' or > '~')))
        {
            throw new ArgumentException(
                "Token must consist of one or more printable ASCII characters without spaces. Its value is not shown.",
                nameof(Token)
            );
        }

        if (Token is not null == string.IsNullOrWhiteSpace(Channel))
        {
            throw new ArgumentException(
                Token is not null
                    ? "Channel must be set to the id or name of a channel, because Token is set."
                    : $"Channel must be null, but is '{Channel}': WebhookUrl is set, and a webhook has its own channel.",
                nameof(Channel)
            );
        }

        if (!IsSafe(WebhookUrl))
        {
            throw new ArgumentException(
                "WebhookUrl must be an absolute https address (http only on loopback). Its value is not shown.",
                nameof(WebhookUrl)
            );
        }

        if (ApiAddress is null || !IsSafe(ApiAddress))
        {
            throw new ArgumentException(
                $"ApiAddress must be an absolute https address (http only on loopback), but is '{ApiAddress}'.",
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

    // Requests contain the secret, so they must be encrypted.
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
