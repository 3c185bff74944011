namespace Fluxgate;

/// <summary>A test in Chromium; skipped with the command to install it where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsChromiumFactAttribute : FactAttribute
{
    public NeedsChromiumFactAttribute() => Skip = Chromium.Missing;
}

/// <summary>As <see cref="NeedsChromiumFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsChromiumTheoryAttribute : TheoryAttribute
{
    public NeedsChromiumTheoryAttribute() => Skip = Chromium.Missing;
}
