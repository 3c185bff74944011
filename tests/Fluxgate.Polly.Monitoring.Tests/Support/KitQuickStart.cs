namespace Fluxgate;

/// <summary>The program of samples/QuickStart as a process of its own, its output piped.</summary>
internal static class KitQuickStart
{
    public static KitProgram Start(params string[] arguments) =>
        KitProgram.Start("dotnet", AppContext.BaseDirectory, readOutput: true, [Assembly, .. arguments]);

    public static Task<(int ExitCode, string Said, string Errors)> RunAsync(params string[] arguments) =>
        KitProgram.RunToTheEndAsync("dotnet", AppContext.BaseDirectory, [Assembly, .. arguments]);

    private static string Assembly => Path.Combine(AppContext.BaseDirectory, "QuickStart.dll");
}
