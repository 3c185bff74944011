using Microsoft.Extensions.Configuration;

namespace Fluxgate;

/// <summary>A configuration file that is missing or fails to load. What it said before stays in force.</summary>
/// <param name="File">Its path as the application gave it.</param>
/// <param name="Problem">What is wrong with it: <c>is missing</c>.</param>
internal sealed record LostFile(string File, string Problem)
{
    /// <summary>Returns what is wrong with the file of a provider at this moment, or <see langword="null"/> where it loads.</summary>
    /// <remarks>.NET takes such a file for empty, or keeps what it said, depending on who asked for the reload and on what the host does with load errors.</remarks>
    public static LostFile? Of(FileConfigurationProvider provider)
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

            // Another provider of the same source: to load the one in use would call the application's handlers.
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
