using Grpc.Core;

namespace Fluxgate;

/// <summary>The options of a <see cref="FluxgateInterceptor"/>: which results of calls are failures.</summary>
/// <remarks>
/// Not thread-safe. An interceptor copies its options. The callbacks are called by concurrent calls and must be thread-safe. When one throws, the
/// error is counted and reported and the caller receives its own outcome.
/// </remarks>
public sealed class FluxgateInterceptorOptions
{
    /// <summary>Gets or sets the statuses that are failures, if <see cref="ShouldHandle"/> is not set. All others are successes: the server answered.</summary>
    /// <value>
    /// <see cref="StatusCode.Unavailable"/>, <see cref="StatusCode.DeadlineExceeded"/>, <see cref="StatusCode.Internal"/>,
    /// <see cref="StatusCode.Unknown"/>, <see cref="StatusCode.DataLoss"/> and <see cref="StatusCode.ResourceExhausted"/> by default. A call that
    /// neither the caller nor the server canceled, such as one whose stream was reset, is a failure too.
    /// </value>
    public ISet<StatusCode> FailureStatusCodes { get; set; } =
        new HashSet<StatusCode>
        {
            StatusCode.Unavailable,
            StatusCode.DeadlineExceeded,
            StatusCode.Internal,
            StatusCode.Unknown,
            StatusCode.DataLoss,
            StatusCode.ResourceExhausted,
        };

    /// <summary>Gets or sets the predicate that selects failures in place of <see cref="FailureStatusCodes"/>. It is not called for a call that its caller ended.</summary>
    /// <value><see langword="null"/> by default. When it throws, the call is ignored.</value>
    public Func<GrpcCallResult, bool>? ShouldHandle { get; set; }

    /// <summary>Gets or sets the predicate that selects ignored results, which count neither as a success nor as a failure. It is called first, and for calls that their callers ended too.</summary>
    /// <value><see langword="null"/> by default. When it throws, the call is ignored.</value>
    public Func<GrpcCallResult, bool>? ShouldIgnore { get; set; }

    /// <summary>Gets or sets a callback that returns the break duration to use if this failure opens the circuit, such as <see cref="GrpcBreak.RetryPushback"/>.</summary>
    /// <value>
    /// <see langword="null"/> by default. The breaker uses its configured break duration if the callback returns <see langword="null"/>, zero or a
    /// negative duration, or throws. Other durations are clamped to <see cref="MinBreakDurationHint"/> and <see cref="MaxBreakDurationHint"/>.
    /// </value>
    public Func<GrpcCallResult, TimeSpan?>? BreakDurationHint { get; set; }

    /// <summary>Gets or sets the shortest break that <see cref="BreakDurationHint"/> can cause.</summary>
    /// <value>Greater than zero; 1 s by default.</value>
    public TimeSpan MinBreakDurationHint { get; set; } = FluxgateDefaults.MinBreakDurationHint;

    /// <summary>Gets or sets the longest break that <see cref="BreakDurationHint"/> can cause.</summary>
    /// <value>At least <see cref="MinBreakDurationHint"/>; 10 min by default.</value>
    public TimeSpan MaxBreakDurationHint { get; set; } = FluxgateDefaults.MaxBreakDurationHint;

    /// <summary>Returns a copy of valid options.</summary>
    /// <exception cref="ArgumentException">An option is out of range or missing. The message has a line for each.</exception>
    internal FluxgateInterceptorOptions CopyValid()
    {
        string[] errors = [.. Errors()];
        return errors.Length == 0
            ? new()
            {
                FailureStatusCodes = new HashSet<StatusCode>(FailureStatusCodes),
                ShouldHandle = ShouldHandle,
                ShouldIgnore = ShouldIgnore,
                BreakDurationHint = BreakDurationHint,
                MinBreakDurationHint = MinBreakDurationHint,
                MaxBreakDurationHint = MaxBreakDurationHint,
            }
            : throw new ArgumentException(string.Join(Environment.NewLine, errors), "options");
    }

    private IEnumerable<string> Errors()
    {
        if (FailureStatusCodes is null)
        {
            yield return "FailureStatusCodes must not be null. It may be empty.";
        }
        else if (FailureStatusCodes.Contains(StatusCode.OK))
        {
            yield return "FailureStatusCodes must not contain OK, which is the status of every call that succeeds.";
        }

        if (MinBreakDurationHint <= TimeSpan.Zero)
        {
            yield return $"MinBreakDurationHint must be greater than zero, but is {MinBreakDurationHint}.";
        }

        if (MaxBreakDurationHint < MinBreakDurationHint)
        {
            yield return $"MaxBreakDurationHint must be at least MinBreakDurationHint ({MinBreakDurationHint}), but is {MaxBreakDurationHint}.";
        }
    }
}
