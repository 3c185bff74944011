namespace PaymentsApi;

/// <summary>Specifies how an upstream responds.</summary>
internal enum Behavior
{
    Healthy,
    Failing,
    Hanging,
    Slow,
    Resetting,
}
