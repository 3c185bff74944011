namespace Fluxgate;

/// <summary>Receives the file of each method that the instrumented library enters on a thread, while the thread records.</summary>
public static class EnteredFiles
{
    [ThreadStatic]
    private static List<string>? _files;

    /// <summary>Returns the files that an action enters, in the order of their first entry.</summary>
    public static string[] Of(Action action)
    {
        _files = [];
        action();
        string[] files = [.. _files];
        _files = null;
        return files;
    }

    /// <summary>Called at the start of each method of the instrumented library.</summary>
    public static void Enter(string file)
    {
        if (_files is { } files && !files.Contains(file))
        {
            files.Add(file);
        }
    }
}
