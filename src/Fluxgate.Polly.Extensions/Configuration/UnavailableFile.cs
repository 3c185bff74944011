using Microsoft.Extensions.Configuration;

namespace Fluxgate;

/// <summary>A configuration file that is missing or fails to load. Its previous values stay in force.</summary>
/// <param name="Path">The path as the application specified it.</param>
/// <param name="Problem">The problem, as the end of a sentence: <c>is missing</c>.</param>
internal sealed record UnavailableFile(string Path, string Problem)
{
    /// <summary>Returns the file of a provider if it is unavailable now, or <see langword="null"/> if it loads.</summary>
    /// <remarks>
    /// .NET treats such a file as empty or keeps its values, depending on what requested the reload and on whether the host ignores load errors.
    /// </remarks>
    public static UnavailableFile? Of(FileConfigurationProvider provider)
    {
        var source = provider.Source;
        return ProblemOf(provider, source) is { } problem ? new(source.Path ?? "", problem) : null;
    }

    private static string? ProblemOf(FileConfigurationProvider provider, FileConfigurationSource source)
    {
        try
        {
            var file = source.FileProvider?.GetFileInfo(source.Path ?? "");
            if (file is not { Exists: true })
            {
                return "is missing";
            }

            // Another provider of the same source, since loading the one in use would call the handlers of the application.
            using var other = source.Build(new ConfigurationBuilder()) as FileConfigurationProvider;
            if (other is null)
            {
                return null;
            }

            using var stream = file.CreateReadStream();
            other.Load(stream);
            return IsEmpty(provider) && !IsEmpty(other) ? "is not loaded yet" : null;
        }
        catch (Exception error)
        {
            var cause = error.GetBaseException();
            return $"cannot be loaded ({cause.GetType().Name}: {cause.Message})";
        }
    }

    private static bool IsEmpty(FileConfigurationProvider provider) => !provider.GetChildKeys([], null).Any();
}
