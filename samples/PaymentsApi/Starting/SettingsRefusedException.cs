namespace PaymentsApi;

/// <summary>The configuration cannot be used; each problem names the key, its value and what is allowed.</summary>
internal sealed class SettingsRefusedException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
