using System.Globalization;
using System.Text;

namespace Fluxgate;

/// <summary>The settings of a breaker and the commands that run on it, as plain data with a short text.</summary>
/// <param name="Plan">The initial settings.</param>
/// <param name="Others">The settings for reconfigurations: only parts and lease are used, the rest is that of the first plan.</param>
/// <param name="Commands">The commands.</param>
internal sealed record Script(Plan Plan, IReadOnlyList<Plan> Others, IReadOnlyList<Command> Commands)
{
    /// <summary>Gets all plans including the first: a breaker can be reconfigured back to it.</summary>
    public IReadOnlyList<Plan> Plans => [Plan, .. Others.Select(Plan.WithRulesOf)];

    public static Verdict VerdictOn(Ending ending) =>
        ending switch
        {
            Ending.Succeeds => Verdict.Success,
            Ending.Fails or Ending.Throws => Verdict.Failure,
            _ => Verdict.Ignored,
        };

    public override string ToString()
    {
        var text = new StringBuilder().AppendLine().Append(Plan);
        for (var i = 0; i < Others.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"settings {i + 1}:").AppendLine().AppendLine(Others[i].RulesText);
        }

        for (var i = 0; i < Commands.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i + 1, 4}. {Commands[i]}").AppendLine();
        }

        return text.ToString();
    }
}

/// <summary>The settings.</summary>
internal sealed record Plan(
    WindowSpec Window,
    RuleSpec Rule,
    BreakSpec Break,
    PermitSpec Permit,
    RecoverySpec Recovery,
    TimeSpan Lease,
    BreakerState InitialState,
    bool ProbeWithoutTraffic,
    int RandomSource,
    FaultPoint? BrokenFromTheStart,
    bool AsksForDurations = false,
    GateSpec? Gate = null
)
{
    /// <summary>Gets whether a timer runs in some states.</summary>
    public bool HasTimer => ProbeWithoutTraffic || Rule.Leaves.Any(leaf => leaf is RuleSpec.SlowRate);

    /// <summary>Gets whether a breaker accepts these settings: a rule that can never fire is invalid.</summary>
    public bool IsAllowed => Rule.CanFireWhileClosed(Window.Capacity);

    /// <summary>Returns the settings, with a rule that can fire.</summary>
    public static Plan ThatCanTrip(Plan plan) =>
        plan.IsAllowed ? plan : plan with { Rule = new RuleSpec.Either(plan.Rule, new RuleSpec.FailureStreak(3)) };

    /// <summary>Returns this plan with the parts and the lease of another.</summary>
    public Plan WithRulesOf(Plan other) =>
        other with
        {
            InitialState = InitialState,
            ProbeWithoutTraffic = ProbeWithoutTraffic,
            RandomSource = RandomSource,
            BrokenFromTheStart = BrokenFromTheStart,
            AsksForDurations = AsksForDurations,
        };

    public FluxgateBreakerSettings Build(PartFactory workshop) =>
        new()
        {
            Window = workshop.Build(Window, Window.Build),
            Tripper = workshop.Build(Rule, Rule.Build),
            BreakDuration = workshop.Build(Break, Break.Build),
            Permit = workshop.Build(Permit, Permit.Build),
            Recovery = workshop.Build(Recovery, Recovery.Build),
            ProbeLease = Lease,
            InitialState = InitialState,
            ProbeWithoutTraffic = ProbeWithoutTraffic,
            ProbeGate = Gate is null ? null : workshop.Build(Gate, Gate.Build),
            Randomizer = workshop.Randomizer,
        };

    public string RulesText =>
        $"      Window = {Window}, Tripper = {Rule}, BreakDuration = {Break}, Permit = {Permit}, Recovery = {Recovery}, ProbeLease = {Lease.TotalMilliseconds}ms, ProbeGate = {Gate?.ToString() ?? "none"}";

    public override string ToString() =>
        $"""
            {RulesText},
                  InitialState = {InitialState}, ProbeWithoutTraffic = {ProbeWithoutTraffic}, chance {RandomSource}, durations asked for: {AsksForDurations}, broken from the start: {BrokenFromTheStart?.ToString()
                ?? "nothing"}

            """;
}

/// <summary>How a call ends.</summary>
internal enum Ending
{
    Succeeds,
    Fails,
    IsIgnored,

    /// <summary>The callback throws (in a pipeline; without one this is a failure).</summary>
    Throws,

    /// <summary>The caller cancels, and the callback observes it (in a pipeline; without one this is ignored).</summary>
    IsCanceled,

    /// <summary>The predicate throws (in a pipeline; without one this is ignored).</summary>
    PredicateThrows,

    /// <summary>The admission is disposed without a verdict (in a pipeline this is ignored).</summary>
    IsDisposed,
}

/// <summary>A moment at which something is due.</summary>
internal enum DueTime
{
    EndOfBreak,
    OldestLease,
    NextBucket,
    OverdueTimer,
    EndOfRamp,
    RecoveryAfter,
}

internal abstract record Command
{
    /// <summary>A call that settles at once; its duration is passed, or measured if it is null.</summary>
    public sealed record Run(bool InPipeline, Ending Ending, int? Milliseconds) : Command
    {
        public override string ToString() => $"a call{Where(InPipeline)} {Ending}{Took(Milliseconds)}";
    }

    public sealed record Begin(bool InPipeline) : Command
    {
        public override string ToString() => $"a call{Where(InPipeline)} begins and hangs";
    }

    /// <summary>One of the hanging calls settles.</summary>
    public sealed record Finish(int Which, Ending Ending, int? Milliseconds) : Command
    {
        public override string ToString() => $"hanging call no. {Which} (modulo how many hang) {Ending}{Took(Milliseconds)}";
    }

    public sealed record Wait(TimeSpan Time) : Command
    {
        public override string ToString() => $"wait {Time.TotalMilliseconds}ms";
    }

    /// <summary>Waits until that many instants after (or before) a deadline, if there is one ahead.</summary>
    public sealed record WaitUntil(DueTime DueTime, int Instants) : Command
    {
        public override string ToString() => $"wait until {DueTime}{(Instants == 0 ? "" : $" {Instants:+0;-0} instant")}";
    }

    public sealed record WallClockJumps(TimeSpan By) : Command
    {
        public override string ToString() => $"the wall clock jumps by {By.TotalMinutes}min";
    }

    /// <summary>A manual call to a state.</summary>
    public sealed record ByHand(BreakerState To) : Command
    {
        public override string ToString() => $"by hand to {To}";
    }

    /// <summary>A trip with a break duration, for any phase or for the one with that distance from the present one.</summary>
    public sealed record TripFor(int Milliseconds, int? Phase, ReasonKind Kind) : Command
    {
        public override string ToString() =>
            $"{Kind} trips phase {Phase?.ToString("+0;-0;0", CultureInfo.InvariantCulture) ?? "any"} for {Milliseconds}ms";
    }

    /// <summary>A reconfiguration to the settings of that number (modulo their count); 0 are the initial ones.</summary>
    public sealed record Reconfigure(int Which) : Command
    {
        public override string ToString() => $"reconfigure to settings {Which}";
    }

    public sealed record Break(FaultPoint Point) : Command
    {
        public override string ToString() => $"{Point} goes wrong from now on";
    }

    public sealed record MendAll : Command
    {
        public override string ToString() => "all user code works again";
    }

    private static string Where(bool inPipeline) => inPipeline ? " in a pipeline" : "";

    private static string Took(int? milliseconds) => milliseconds is null ? "" : $" after {milliseconds}ms";
}
