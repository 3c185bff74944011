namespace Fluxgate;

/// <summary>
/// The folders of each project under <c>src</c>, from the top down: a folder uses those below it and none above. What a folder may hold is in
/// <c>docs/architecture.md</c>.
/// </summary>
public sealed class Layers
{
    private static readonly Dictionary<string, string[]> TopDown = new(StringComparer.Ordinal)
    {
        ["Fluxgate.Polly"] =
        [
            "Strategy",
            "Strategy/Http",
            "Strategy/Trackers",
            "Metrics/Metering",
            "Metrics",
            "Groups",
            "Breaker",
            "Engine",
            "Parts/Windows",
            "Parts/Trippers",
            "Parts/BreakDurations",
            "Parts/Permits",
            "Parts/Recoveries",
            "Parts/Text",
            "Counting/InFlight",
            "Counting",
            "Primitives",
        ],
        ["Fluxgate.Polly.AspNetCore"] = [".", "Dashboard", "Dashboard/Fleet", "Dashboard/Api", "Dashboard/Feed", "Dashboard/Readings"],
        ["Fluxgate.Polly.Extensions"] = ["Health", "DependencyInjection", "Telemetry", "Listeners", "Configuration"],
        ["Fluxgate.Polly.Fleet"] = ["DependencyInjection", "Views", "Control", "Members", "Settings", "Directives", "Messages", "Store"],
        ["Fluxgate.Polly.Fleet.Redis"] = ["DependencyInjection", "Store", "Settings"],
        ["Fluxgate.Polly.Grpc"] = ["DependencyInjection", ".", "Calls", "Classification"],
        ["Fluxgate.Polly.Http"] = [".", "Clients", "Options"],
        ["Fluxgate.Polly.Prometheus"] = ["Server", ".", "Pages", "Text"],
        ["Fluxgate.Polly.PrometheusNet"] = [".", "Collectors"],
    };

    public static TheoryData<string> Projects => [.. ProjectSources.All];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Each_folder_uses_only_folders_below_it(string project)
    {
        var layers = TopDown[project];
        string[] broken =
        [
            .. ProjectSources
                .ArrowsOf(project)
                .Where(arrow => Array.IndexOf(layers, arrow.ToFolder) < Array.IndexOf(layers, arrow.FromFolder))
                .Select(arrow => $"{arrow.From} uses {arrow.Type} of {arrow.To}, but {arrow.FromFolder} stands below {arrow.ToFolder}."),
        ];

        Assert.True(broken.Length == 0, string.Join('\n', broken));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Each_folder_has_its_place(string project)
    {
        var folders = ProjectSources
            .FilesOf(project)
            .Select(file => new Arrow(file, file, "").FromFolder)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

        Assert.Equal(TopDown[project].Order(StringComparer.Ordinal), folders);
    }

    [Fact]
    public void The_uses_of_types_are_seen()
    {
        var arrows = ProjectSources.ArrowsOf("Fluxgate.Polly");

        Assert.Contains(new("Engine/ClosedPhase.cs", "Counting/Ledger.cs", "Ledger"), arrows);
        Assert.Contains(new("Breaker/FluxgateBreaker.cs", "Engine/StateMachine.cs", "StateMachine"), arrows);
        Assert.Contains(new("Strategy/FluxgateStrategy.cs", "Engine/Ticket.cs", "Ticket"), arrows);
        Assert.InRange(arrows.Count, 500, int.MaxValue);
    }

    [Fact]
    public void Only_the_strategy_and_the_exception_of_a_rejection_name_Polly()
    {
        var root = Repository.Find("src/Fluxgate.Polly");
        var naming = ProjectSources
            .FilesOf("Fluxgate.Polly")
            .Where(file => File.ReadLines(Path.Combine(root, file)).Any(line => line.StartsWith("using Polly", StringComparison.Ordinal)))
            .Where(file => !file.StartsWith("Strategy/", StringComparison.Ordinal));

        Assert.Equal(["Breaker/CallNotPermittedException.cs"], naming);
    }
}
