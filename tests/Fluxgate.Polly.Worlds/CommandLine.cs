using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Coyote.Rewriting;

namespace Fluxgate.Worlds;

/// <summary>Explores the worlds that the arguments select, and prints one line for each.</summary>
internal sealed class CommandLine
{
    private const string Usage = "explore [--seconds N] [--seed S] [--world NAME] [--list]";
    private const int AllHeld = 0;
    private const int SomeFailed = 1;
    private const int DidNotRun = 2;

    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(5);

    private readonly TextWriter _out = Console.Out;

    /// <summary>Runs the program.</summary>
    /// <returns>0 if every invariant held, 1 if one did not, 2 if nothing was explored.</returns>
    public int Run(string[] arguments)
    {
        var (limit, seed, name, lists) = (DefaultLimit, RandomSeed(), (string?)null, false);
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--list":
                    lists = true;
                    break;
                case "--seconds" when double.TryParse(value, CultureInfo.InvariantCulture, out var seconds) && seconds > 0:
                    limit = TimeSpan.FromSeconds(seconds);
                    i++;
                    break;
                case "--seed" when uint.TryParse(value, CultureInfo.InvariantCulture, out seed):
                    i++;
                    break;
                case "--world" when value.Length > 0:
                    name = value;
                    i++;
                    break;
                default:
                    Console.Error.WriteLine($"'{arguments[i]} {value}' is not expected. Usage: {Usage}");
                    return DidNotRun;
            }
        }

        World[] worlds = [.. World.All().Where(world => name is null || world.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase))];
        if (worlds.Length == 0)
        {
            Console.Error.WriteLine($"No world has a name that begins with '{name}'. --list prints all names.");
            return DidNotRun;
        }

        if (lists)
        {
            foreach (var world in worlds)
            {
                _out.WriteLine($"{world.Name}: {world.Invariant}.");
            }

            return AllHeld;
        }

        if (!RewritingEngine.IsAssemblyRewritten(typeof(FluxgateBreaker).Assembly) || Explorer.SilentCanaries() is [_, ..])
        {
            Console.Error.WriteLine(
                "Threads do not switch where they should: the assemblies are not rewritten. Run tests/Fluxgate.Polly.Worlds/explore."
            );
            return DidNotRun;
        }

        return Explore(worlds, limit, seed);
    }

    private static uint RandomSeed() => (uint)RandomNumberGenerator.GetInt32(int.MaxValue);

    private int Explore(World[] worlds, TimeSpan limit, uint seed)
    {
        _out.WriteLine($"{worlds.Length} worlds, {limit.TotalSeconds:0.#} s each, seed {seed}");
        var explorer = new Explorer(limit);
        var width = worlds.Max(world => world.Name.Length);
        var (explored, failed) = (0, 0);
        Progress($"0 of {worlds.Length}");

        // A world runs one thread at a time, so each processor explores one world.
        var explorations = Partitioner
            .Create(worlds, EnumerablePartitionerOptions.NoBuffering)
            .AsParallel()
            .AsOrdered()
            .WithDegreeOfParallelism(Environment.ProcessorCount)
            .WithMergeOptions(ParallelMergeOptions.NotBuffered)
            .Select(world => (World: world, Result: explorer.Explore(world, seed)));
        foreach (var (world, exploration) in explorations)
        {
            Progress("");
            var result = exploration.Failure is null ? "held" : "FAILED";
            _out.WriteLine(
                $"{world.Name.PadRight(width)} {exploration.Schedules, 7} schedules {exploration.Time.TotalSeconds, 6:0.0} s  {result}"
            );
            if (exploration.Failure is { } failure)
            {
                failed++;
                PrintFailure(world, failure);
            }

            Progress($"{++explored} of {worlds.Length}");
        }

        Progress("");
        _out.WriteLine($"{worlds.Length - failed} worlds held, {failed} failed");
        return failed == 0 ? AllHeld : SomeFailed;
    }

    private void PrintFailure(World world, Failure failure)
    {
        _out.WriteLine($"  invariant: {world.Invariant}.");
        _out.WriteLine($"  broken:    {failure.Message}");
        _out.WriteLine($"  schedule {failure.Schedule} of seed {failure.Seed}:");
        foreach (var line in failure.Lines)
        {
            _out.WriteLine($"    {line}");
        }

        _out.WriteLine($"  repeat with: explore --world {world.Name} --seed {failure.Seed}");
    }

    /// <summary>Overwrites the current line of a terminal. A no-op if the output is piped.</summary>
    private void Progress(string text)
    {
        if (!Console.IsOutputRedirected)
        {
            _out.Write($"\r\u001b[K{text}");
        }
    }
}
