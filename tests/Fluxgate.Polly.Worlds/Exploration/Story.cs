using Microsoft.Coyote.Runtime;

namespace Fluxgate.Worlds;

/// <summary>One schedule of a world: it runs the operations of each thread and records them in order.</summary>
/// <remarks>Only one thread runs at a time under exploration, so nothing here is synchronized.</remarks>
internal sealed class Story
{
    private const string MainThread = "-";
    private const string PoolThread = "pool";

    [ThreadStatic]
    private static string? _thread;

    private readonly List<Line> _lines = [];
    private Exception? _thrown;

    private static string Thread => _thread ?? PoolThread;

    /// <summary>Gets the log of the operations, one line each.</summary>
    public IEnumerable<string> Lines => _lines.Select(line => $"{line.Thread, -4} {line.Text}");

    /// <summary>Gets the message of the failure, or <see langword="null"/>.</summary>
    public string? Failure { get; private set; }

    /// <summary>Runs a world once.</summary>
    public void Play(World world)
    {
        _thread = MainThread;
        try
        {
            world.Play(this);
        }
        catch (Exception error) when (error is not ThreadInterruptedException)
        {
            Failure = Text(error);
            throw;
        }
    }

    /// <summary>Runs the operations of two or three threads at once, named A, B and C, and waits for all of them.</summary>
    /// <exception cref="BrokenInvariantException">An operation threw an exception: no operation of a world may.</exception>
    public void Together(params Action[] threads)
    {
        Task[] running = [.. threads.Select((operations, index) => Task.Run(() => Run(((char)('A' + index)).ToString(), operations)))];
        Task.WaitAll(running);
        if (_thrown is not null)
        {
            throw new BrokenInvariantException(Text(_thrown), _thrown);
        }
    }

    /// <summary>Runs one operation and logs its result. An interrupted operation is logged twice, when it begins and when it ends.</summary>
    public T Do<T>(string what, Func<T> operation, Func<T, string?>? format = null)
    {
        var thread = Thread;
        var begun = _lines.Count;
        _lines.Add(new(thread, $"{what} begins"));
        string? result = null;
        try
        {
            var value = operation();
            result = format is null ? value?.ToString() : format(value);
            return value;
        }
        catch (Exception error) when (error is not ThreadInterruptedException)
        {
            result = error.GetType().Name;
            throw;
        }
        finally
        {
            var text = string.IsNullOrEmpty(result) ? what : $"{what}: {result}";
            if (_lines.Count == begun + 1)
            {
                _lines[begun] = new(thread, text);
            }
            else
            {
                _lines.Add(new(thread, $"{text} (ends)"));
            }
        }
    }

    /// <summary>Runs one operation and logs it.</summary>
    public void Do(string what, Action operation) =>
        Do(
            what,
            () =>
            {
                operation();
                return "";
            }
        );

    /// <summary>Logs an event, such as a signal that a listener received.</summary>
    public void Note(string text) => _lines.Add(new(Thread, text));

    /// <summary>Waits until a condition holds. A schedule on which it never does is reported as a deadlock.</summary>
    public void Until(string what, Func<bool> condition)
    {
        if (!condition())
        {
            Note($"waits until {what}");
            Operation.PauseUntil(condition);
        }
    }

    /// <summary>Requires that the invariant of the world holds.</summary>
    public void Require(bool holds, string because)
    {
        if (!holds)
        {
            throw new BrokenInvariantException(because);
        }
    }

    private static string Text(Exception error) =>
        error is BrokenInvariantException ? error.Message : $"{error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")}";

    private void Run(string thread, Action operations)
    {
        _thread = thread;
        try
        {
            operations();
        }
        catch (Exception error) when (error is not ThreadInterruptedException)
        {
            _thrown ??= error;
        }
    }

    private readonly record struct Line(string Thread, string Text);
}
