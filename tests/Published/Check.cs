namespace Fluxgate;

/// <summary>Checks conditions and counts them.</summary>
internal static class Check
{
    public static int Passed { get; private set; }

    public static void That(bool isSo, string claim)
    {
        Passed = isSo ? Passed + 1 : throw new InvalidOperationException($"Check failed: {claim}");
    }

    public static void Equal<T>(T expected, T actual, string claim) =>
        That(EqualityComparer<T>.Default.Equals(expected, actual), $"{claim}: expected {expected}, but it is {actual}");

    public static TException Throws<TException>(Action action, string claim)
        where TException : Exception
    {
        try
        {
            action();
        }
        catch (TException expected)
        {
            Passed++;
            return expected;
        }

        throw new InvalidOperationException($"Check failed: {claim} throws {typeof(TException).Name}");
    }
}
