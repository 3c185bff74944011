using System.Buffers;
using System.Text;
using Fluxgate;
using Microsoft.Extensions.Time.Testing;
using Polly;

#region samples/Tenants/README.md: A complete program
var time = new FakeTimeProvider(); // TimeProvider.System in an application
var metrics = new PrometheusMetrics();
var settings = new FluxgateBreakerSettings
{
    Tripper = Tripper.FailureStreak(3),
    BreakDuration = BreakDuration.Fixed(TimeSpan.FromSeconds(30)),
    Permit = Permit.All,
    Recovery = Recovery.AfterProbes(1),
    Listeners = { new PrometheusListener(metrics), new ConsoleListener() },
};
var patient = settings.Copy();
patient.Tripper = Tripper.FailureStreak(10);

using var tenants = new BreakerGroup(
    "tenants",
    settings,
    new()
    {
        MaxBreakers = 6,
        IdleTimeout = TimeSpan.FromMinutes(10),
        MaxOpenRatio = 0.5,
        Overrides = { ["initech"] = patient },
    },
    time
);
var pipeline = new ResiliencePipelineBuilder().AddFluxgateBreaker(tenants, context => context.OperationKey).Build();

Console.WriteLine("One tenant of five fails. Its calls are rejected, and those of the others go on.");
var failing = new HashSet<string> { "acme" };
Call("acme", "globex", "hooli", "initech", "umbrella");
Call("acme", "globex", "hooli", "initech", "umbrella");
Call("acme", "globex", "hooli", "initech", "umbrella");
Call("acme", "globex", "hooli", "initech", "umbrella");

Console.WriteLine("Initech has settings of its own: 10 failures in a row.");
failing.Add("initech");
Call("initech", "initech", "initech", "initech");
failing.Remove("initech");
Call("initech");

Console.WriteLine("Everything fails. At most half of the circuits open, since the cause is likely this process.");
failing.UnionWith(["globex", "hooli", "umbrella"]);
Call("globex", "globex", "globex", "hooli", "hooli", "hooli", "hooli");

Console.WriteLine("After the break, the next call of each open circuit is a probe.");
failing.Clear();
time.Advance(TimeSpan.FromSeconds(30));
Call("acme", "globex", "hooli", "umbrella");

Console.WriteLine("One place is left. Two further tenants share a circuit, so that one takes the other with it.");
failing.Add("vandelay");
Call("soylent", "vandelay", "vandelay", "vandelay", "wonka");

Console.WriteLine("The page of the group:");
WritePage("circuit_breaker_group_", "circuit_breaker_key_failures");

Console.WriteLine("Circuits without a call for ten minutes are evicted. The group keeps what they have counted.");
for (var minute = 0; minute < 12; minute++)
{
    time.Advance(TimeSpan.FromMinutes(1));
    Outcome("globex");
}

Call("wonka");
WritePage("circuit_breaker_group_circuits", "circuit_breaker_group_evicted", "circuit_breaker_requests", "circuit_breaker_failures");

void Call(params string[] keys)
{
    var outcomes = keys.Select(key => $"{key} {Outcome(key)}");
    Console.WriteLine(string.Join(", ", outcomes));
}

string Outcome(string tenant)
{
    var context = ResilienceContextPool.Shared.Get(tenant);
    try
    {
        pipeline.Execute(_ => OrderOf(tenant), context);
        return "works";
    }
    catch (CallNotPermittedException)
    {
        return "rejected";
    }
    catch (HttpRequestException)
    {
        return "fails";
    }
    finally
    {
        ResilienceContextPool.Shared.Return(context);
    }
}

int OrderOf(string tenant) => failing.Contains(tenant) ? throw new HttpRequestException($"The server of {tenant} is down.") : 42;

void WritePage(params string[] families)
{
    var page = new ArrayBufferWriter<byte>();
    metrics.Write(page);
    foreach (var line in Encoding.UTF8.GetString(page.WrittenSpan).Split('\n'))
    {
        if (families.Any(family => line.StartsWith(family, StringComparison.Ordinal)) && !line.EndsWith(" 0", StringComparison.Ordinal))
        {
            Console.WriteLine($"  {line}");
        }
    }
}

internal sealed class ConsoleListener : ICircuitListener
{
    public void OnSignal(Signal signal) => Console.WriteLine($"  {signal}");

    public void OnNotice(Notice notice) => Console.WriteLine($"  {notice}");
}
#endregion
