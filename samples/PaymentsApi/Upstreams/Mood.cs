namespace PaymentsApi;

/// <summary>How an upstream behaves.</summary>
internal enum Mood
{
    Healthy,
    Failing,
    Hanging,
    Slow,
    Resetting,
}
