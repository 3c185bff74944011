namespace Fluxgate;

/// <summary>Prometheus, its tool, and Alertmanager, where this machine has them.</summary>
internal static class KitTools
{
    public static string? Prometheus { get; } = Find("prometheus");

    public static string? Promtool { get; } = Find("promtool");

    public static string? Alertmanager { get; } = Find("prometheus-alertmanager") ?? Find("alertmanager");

    /// <summary>What to say where one of them is not there; <see langword="null"/> where all are.</summary>
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
