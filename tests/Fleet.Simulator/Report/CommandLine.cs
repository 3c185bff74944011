using System.Globalization;
using Fluxgate.Scenarios;

namespace Fluxgate.Report;

/// <summary>Runs the program: one run as a picture, or the tables of docs/fleet-design.md.</summary>
internal sealed class CommandLine(TextWriter output, TextWriter errors, bool isTerminal)
{
    private const int FewestMembers = 3;
    private const int MostMembers = 5_000;
    private const int Done = 0;
    private const int Invalid = 2;

    private static readonly string[] Options =
    [
        "--scenario",
        "--variant",
        "--members",
        "--seed",
        "--svg",
        "--write-doc",
        "--list",
        "--help",
    ];

    /// <summary>Runs what the arguments ask for.</summary>
    /// <returns>0, or 2 if an argument is invalid.</returns>
    public int Run(string[] arguments)
    {
        var asked = new Asked();
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            if (Read(arguments[i], value, ref asked, out var takesValue) is { } error)
            {
                errors.WriteLine(error);
                errors.WriteLine("--help prints all options.");
                return Invalid;
            }

            i += takesValue ? 1 : 0;
        }

        switch (asked.Action)
        {
            case "--help":
                WriteHelp();
                break;
            case "--list":
                WriteList();
                break;
            case "--write-doc":
                Document.Write(errors);
                break;
            default:
                return Draw(asked);
        }

        return Done;
    }

    /// <summary>Reads one option.</summary>
    /// <returns>What is wrong with it, or <see langword="null"/>.</returns>
    private static string? Read(string option, string? value, ref Asked asked, out bool takesValue)
    {
        takesValue = true;
        switch (option)
        {
            case "--scenario":
                asked.Scenario = Scenario.All.FirstOrDefault(scenario => scenario.Name == value) ?? asked.Scenario;
                return asked.Scenario.Name == value ? null : Message(option, value, Names(Scenario.All.Select(scenario => scenario.Name)));
            case "--variant":
                asked.Variant = Variant.All.FirstOrDefault(variant => variant.Name == value) ?? asked.Variant;
                return asked.Variant.Name == value ? null : Message(option, value, Names(Variant.All.Select(variant => variant.Name)));
            case "--members":
                asked.Members = Number(value, FewestMembers, MostMembers);
                return asked.Members is null ? Message(option, value, $"a whole number from {FewestMembers} to {MostMembers}") : null;
            case "--seed":
                asked.Seed = Number(value, 0, int.MaxValue) ?? -1;
                return asked.Seed < 0 ? Message(option, value, $"a whole number from 0 to {int.MaxValue}") : null;
            case "--svg":
                asked.Svg = value;
                return string.IsNullOrEmpty(value) || value.StartsWith("--", StringComparison.Ordinal)
                    ? Message(option, value, "the path of a file")
                    : null;
            case "--write-doc" or "--list" or "--help":
                takesValue = false;
                asked.Action = option;
                return null;
            default:
                return $"'{option}' is not an option. Options: {string.Join(", ", Options)}.";
        }
    }

    private static string Message(string option, string? value, string allowed) =>
        value is null ? $"{option} needs a value: {allowed}." : $"{option} must be {allowed}, but is '{value}'.";

    private static string Names(IEnumerable<string> names) => $"one of {string.Join(", ", names)}";

    private static int? Number(string? text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : null;

    private int Draw(Asked asked)
    {
        var world = asked.Scenario.World(asked.Variant, asked.Members, (ulong)asked.Seed);
        var recording = Simulation.Run.Of(world);
        var title = string.Create(
            CultureInfo.InvariantCulture,
            $"{asked.Scenario.Name}, {asked.Variant.Name}: {world.Members} members, seed {world.Seed}"
        );
        if (asked.Svg is { } file)
        {
            try
            {
                File.WriteAllText(file, SvgPicture.Of(recording, title));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                errors.WriteLine($"--svg must be the path of a file that can be written, but is '{file}' ({error.Message})");
                return Invalid;
            }

            errors.WriteLine($"Wrote {file}.");
        }

        output.WriteLine(title);
        output.WriteLine(asked.Scenario.Help);
        new TextPicture(recording, output, isTerminal).Draw();
        output.WriteLine(Sentence(asked.Scenario, new(recording)));
        return Done;
    }

    private static string Sentence(Scenario scenario, Figures figures) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            trips of the fleet {figures.FleetTrips}, members that followed {figures.Followed}, own trips {figures.OwnTrips}
            calls {figures.Demand:N0}: failed {figures.Failed:N0}, rejected although the dependency worked {figures.RefusedHealthy:N0}
            most probers at one moment {figures.MostProbers}, most circuits that began to probe in one second {figures.MostBegan}
            peak load / capacity {Figures.Ratio(figures.PeakLoad)}{(
                scenario.WorksAt is null ? "" : $", recovered after {Figures.Seconds(figures.RecoveredAfter(scenario.WorksAt))}"
            )}
            """
        );

    private void WriteHelp()
    {
        output.WriteLine(
            $"""
            Runs a fleet of breakers in virtual time and draws what happened. The same options give the same output.

              --scenario NAME   what happens (default {Scenario.Outage.Name}); --list prints all
              --variant NAME    the rules of the fleet (default {Variant.Fleet.Name}); --list prints all
              --members N       the number of members, {FewestMembers} to {MostMembers} (default: the scenario's)
              --seed S          the seed of all chance (default 1)
              --svg FILE        also writes the picture as SVG
              --write-doc       runs everything, and writes the tables and pictures of docs/fleet-design.md
              --list            prints the scenarios and the variants
              --help            prints this text
            """
        );
    }

    private void WriteList()
    {
        output.WriteLine("Scenarios:");
        foreach (var scenario in Scenario.All)
        {
            output.WriteLine($"  {scenario.Name, -24} {scenario.Help}");
        }

        output.WriteLine("Variants:");
        foreach (var variant in Variant.All)
        {
            output.WriteLine($"  {variant.Name, -24} {variant.Help}");
        }
    }

    /// <summary>What the arguments ask for.</summary>
    private struct Asked()
    {
        public Scenario Scenario = Scenario.Outage;
        public Variant Variant = Variant.Fleet;
        public int? Members;
        public int Seed = 1;
        public string? Svg;
        public string? Action;
    }
}
