using Spectre.Console;
using Spectre.Console.Rendering;

namespace FleetSample;

/// <summary>Shows the fleet on a terminal: a table of the instances, what the fleet sees, and the latest events.</summary>
internal static class LiveView
{
    private const int Events = 8;

    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    public static Task ShowAsync(Stage stage, CancellationToken ended) =>
        AnsiConsole
            .Live(Text.Empty)
            .StartAsync(async context =>
            {
                while (!ended.IsCancellationRequested)
                {
                    context.UpdateTarget(Draw(stage));
                    await Task.Delay(Refresh, CancellationToken.None);
                }

                context.UpdateTarget(Draw(stage));
            });

    private static Rows Draw(Stage stage)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("instance", "circuit", "ok", "failed", "rejected", "store", "why");
        foreach (var instance in stage.Instances)
        {
            table.AddRow(Row(instance));
        }

        var fleet = stage.Fleet;
        return new(
            new Markup($"[bold]Fluxgate fleet[/]  [grey]{stage.Clock.Elapsed.TotalSeconds:0} s  {Markup.Escape(fleet?.Page ?? "")}[/]"),
            new Markup($"[bold]{Markup.Escape(stage.Scene)}[/]"),
            table,
            new Markup($"the fleet sees  payments rejects calls in [bold]{fleet?.MembersOpen}[/] of {fleet?.Members} members"),
            new Markup($"directives      {Markup.Escape(string.Join("; ", fleet?.Directives ?? []))}"),
            Text.Empty,
            new Text(string.Join('\n', stage.EventsFrom(0).TakeLast(Events)))
        );
    }

    private static IRenderable[] Row(InstanceProcess instance)
    {
        if (instance.Report is not { } report)
        {
            return [new Text($"shop-{instance.Number}"), new Text("starts")];
        }

        return
        [
            new Text($"shop-{instance.Number}{(report.IsLeader ? " (leads)" : "")}"),
            new Markup($"[{Color(report.State)}]{report.State}[/]"),
            new Text($"{report.Calls.Succeeded}"),
            new Text($"{report.Calls.Failed}"),
            new Text($"{report.Calls.Rejected}"),
            new Markup(report.IsConnected ? "[green]connected[/]" : "[red]gone[/]"),
            new Text(report.Reason).Overflow(Overflow.Ellipsis),
        ];
    }

    private static string Color(string state) =>
        state switch
        {
            "closed" => "green",
            "half_open" => "yellow",
            _ => "red",
        };
}
