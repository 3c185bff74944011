namespace Fluxgate;

/// <summary>The paths of Prometheus, promtool and Alertmanager, if they are installed.</summary>
internal static class KitTools
{
    public static string? Prometheus { get; } = Find("prometheus");

    public static string? Promtool { get; } = Find("promtool");

    public static string? Alertmanager { get; } = Find("prometheus-alertmanager") ?? Find("alertmanager");

    /// <summary>The reason to skip if one of them is missing; <see langword="null"/> if all are installed.</summary>
    public static string? Missing { get; } =
        Prometheus is not null && Promtool is not null && Alertmanager is not null
            ? null
            : "Needs prometheus, promtool and alertmanager on the PATH. On Debian: apt-get install -y --no-install-recommends prometheus prometheus-alertmanager";

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name))
            .FirstOrDefault(File.Exists);
}
