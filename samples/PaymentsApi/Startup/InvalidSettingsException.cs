namespace PaymentsApi;

/// <summary>The exception for invalid settings. Each error names the key, its value and what is allowed.</summary>
internal sealed class InvalidSettingsException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
