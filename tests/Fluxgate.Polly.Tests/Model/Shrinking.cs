namespace Fluxgate;

/// <summary>Returns smaller scripts, the smallest first.</summary>
internal static class Shrinking
{
    public static IEnumerable<Script> Of(Script script) =>
        FewerCommands(script)
            .Concat(PlainerPlans(script.Plan).Select(plan => script with { Plan = plan }))
            .Concat(PlainerOthers(script))
            .Concat(PlainerCommands(script));

    private static IEnumerable<Script> FewerCommands(Script script)
    {
        for (var size = script.Commands.Count / 2; size >= 1; size /= 2)
        {
            // From the end, since most of a long script comes after the step that fails.
            for (var from = script.Commands.Count - size; from > -size; from -= size)
            {
                var start = Math.Max(from, 0);
                yield return script with
                {
                    Commands = [.. script.Commands.Take(start), .. script.Commands.Skip(start + size)],
                };
            }
        }
    }

    private static IEnumerable<Script> PlainerOthers(Script script)
    {
        for (var i = 0; i < script.Others.Count; i++)
        {
            IEnumerable<Plan> before = [.. script.Others.Take(i)];
            IEnumerable<Plan> after = [.. script.Others.Skip(i + 1)];
            yield return script with
            {
                Others = [.. before, .. after],
            };
            foreach (var other in PlainerPlans(script.Others[i]))
            {
                yield return script with
                {
                    Others = [.. before, other, .. after],
                };
            }
        }
    }

    private static IEnumerable<Plan> PlainerPlans(Plan plan)
    {
        IEnumerable<Plan> plans =
        [
            plan with
            {
                BrokenFromTheStart = null,
            },
            plan with
            {
                AsksForDurations = false,
            },
            plan with
            {
                ProbeWithoutTraffic = false,
            },
            plan with
            {
                Gate = null,
            },
            plan with
            {
                InitialState = BreakerState.Closed,
            },
            plan with
            {
                Permit = new PermitSpec.All(),
            },
            plan with
            {
                Recovery = new RecoverySpec.AfterProbes(1),
            },
            plan with
            {
                Break = new BreakSpec.Fixed(TimeSpan.FromSeconds(1), 0),
            },
            plan with
            {
                Window = new WindowSpec.Count(10),
            },
            plan with
            {
                Rule = new RuleSpec.FailureStreak(1),
            },
            .. plan.Permit is PermitSpec.Both permits
                ? Enumerable.Select([permits.Left, permits.Right], permit => plan with { Permit = permit })
                : [],
            .. plan.Recovery is RecoverySpec.Both recoveries
                ? Enumerable.Select([recoveries.Left, recoveries.Right], recovery => plan with { Recovery = recovery })
                : [],
            .. plan.Rule.Smaller.Select(rule => plan with { Rule = rule }),
        ];
        return plans.Where(plainer => plainer != plan && Simplicity(plainer) < Simplicity(plan) && plainer.IsAllowed);
    }

    private static IEnumerable<Script> PlainerCommands(Script script)
    {
        for (var i = 0; i < script.Commands.Count; i++)
        {
            IEnumerable<Command> plainer = script.Commands[i] switch
            {
                Command.Run { InPipeline: true } run => [run with { InPipeline = false }],
                Command.Run { Milliseconds: not null } run => [run with { Milliseconds = null }],
                Command.Begin { InPipeline: true } => [new Command.Begin(false)],
                Command.Finish { Milliseconds: not null } finish => [finish with { Milliseconds = null }],
                Command.Finish { Which: > 0 } finish => [finish with { Which = 0 }],
                Command.Reconfigure { Which: > 0 } reconfigure => [new Command.Reconfigure(reconfigure.Which - 1)],
                _ => [],
            };
            foreach (var command in plainer)
            {
                yield return script with
                {
                    Commands = [.. script.Commands.Take(i), command, .. script.Commands.Skip(i + 1)],
                };
            }
        }
    }

    /// <summary>Decreases with every step, so that shrinking ends.</summary>
    private static int Simplicity(Plan plan) => plan.ToString().Length + (plan.BrokenFromTheStart is null ? 0 : 50);
}
