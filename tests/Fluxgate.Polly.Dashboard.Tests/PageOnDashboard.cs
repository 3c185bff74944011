using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>The code and the commands of docs/dashboard.md.</summary>
public sealed class PageOnDashboard
{
    [Fact]
    public async Task The_setup_starts_and_shows_nothing_to_strangers()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder
            .Services.AddAuthentication("Test")
            .AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, TestUsers>("Test", null);

        #region docs/dashboard.md: Setup
        builder.Services.AddFluxgate().AddBreaker("payments").AddBreakerGroup("tenants");
        builder
            .Services.AddAuthorizationBuilder()
            .AddPolicy("staff", policy => policy.RequireRole("staff"))
            .AddPolicy("operators", policy => policy.RequireRole("operators"));

        var app = builder.Build();
        app.MapFluxgateDashboard(
            "/circuits",
            options =>
            {
                options.Policy = "staff";
                options.ControlPolicy = "operators";
            }
        );
        #endregion

        await app.StartAsync();
        await using (app)
        {
            using var client = new HttpClient();
            using var response = await client.GetAsync($"{app.Urls.Single()}/circuits/");
            Assert.Equal(System.Net.HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    public void A_rule_is_evaluated_in_code()
    {
        var breaker = new FluxgateBreaker("payments");
        Verdict[] verdicts = [Verdict.Failure, Verdict.Success, Verdict.Success, Verdict.Success];
        Array.ForEach(verdicts, verdict => breaker.Admit().Settle(verdict));
        var printed = new StringBuilder();
        using var console = new StringWriter(printed);
        var original = Console.Out;
        Console.SetOut(console);
        try
        {
            #region docs/dashboard.md: Rules in code
            var evaluation = breaker.Snapshot().Evaluate(Tripper.FailureRate(0.3));
            Console.WriteLine(evaluation.Text); // FailureRate 25% < 30% (1 of 4)

            var sums = new TripperContext(BreakerState.Closed, requests: 50, failures: 31);
            Console.WriteLine(Tripper.Parse("MinRequests(20) & FailureRate(50%)").Evaluate(sums).Fires); // True
            #endregion
        }
        finally
        {
            Console.SetOut(original);
        }

        Assert.Equal("FailureRate 25% < 30% (1 of 4)\nTrue\n", printed.ToString().ReplaceLineEndings("\n"));
    }

    [NeedsCurlFact]
    public async Task Every_command_prints_the_documented_output()
    {
        await using var fleet = await FleetApplication.StartAsync();
        var application = fleet.Web;
        application.Payments.Admit().Settle(Verdict.Failure);
        application.Payments.Admit().Settle(Verdict.Success);
        var authority = application.Client.BaseAddress!.Authority;
        var commands = WalkBlock
            .In(Repository.Read("docs/dashboard.md"))
            .Where(block => block.Language == "console")
            .SelectMany(block => block.Commands())
            .ToArray();
        foreach (var (command, printed) in commands)
        {
            var script = $"export TOKEN=operator; {command.Replace("localhost:5000", authority, StringComparison.Ordinal)}";
            var (exitCode, output, errors) = await ExternalTool.RunAsync("bash", ["-c", script]);
            Assert.True(
                exitCode == 0 && WalkPattern.IsMet(printed, output),
                $"$ {command}\nshould print\n{string.Join('\n', printed)}\nbut printed (exit code {exitCode})\n{output}{errors}"
            );
        }

        Assert.Equal(11, commands.Length);
        await fleet.UntilAllAsync(BreakerState.ForcedOpen);
    }
}
