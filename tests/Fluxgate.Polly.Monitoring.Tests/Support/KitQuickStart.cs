namespace Fluxgate;

/// <summary>Runs samples/QuickStart as a separate process with piped output.</summary>
internal static class KitQuickStart
{
    public static KitProgram Start(params string[] arguments) =>
        KitProgram.Start("dotnet", AppContext.BaseDirectory, readOutput: true, [Assembly, .. arguments]);

    public static Task<(int ExitCode, string OutputText, string Errors)> RunAsync(params string[] arguments) =>
        KitProgram.RunToExitAsync("dotnet", AppContext.BaseDirectory, [Assembly, .. arguments]);

    private static string Assembly => Path.Combine(AppContext.BaseDirectory, "QuickStart.dll");
}
