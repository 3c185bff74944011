using System.Diagnostics;
using System.Globalization;
using Fluxgate;
using Microsoft.Extensions.DependencyInjection;

// Measures what a fleet costs its Redis: real members in this process, each with a connection of its own, and a redis-server that is started for it. Then the server is killed and
// started again, and the connections and exchanges that come back are counted by the second.
// dotnet run --project tests/Fleet.Load -c Release -- [members] [breakers] [seconds]
int[] numbers = [.. args.Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
var members = numbers.ElementAtOrDefault(0) is > 0 and var first ? first : 200;
var breakers = numbers.ElementAtOrDefault(1) is > 0 and var second ? second : 50;
var seconds = numbers.ElementAtOrDefault(2) is > 0 and var third ? third : 30;
string[] names = [.. Enumerable.Range(0, breakers).Select(i => FormattableString.Invariant($"dependency-{i}"))];

await using var redis = await RedisProcess.StartAsync();
var started = Stopwatch.StartNew();
List<ServiceProvider> all = [];
for (var i = 0; i < members; i++)
{
    var services = new ServiceCollection();
    var fluxgate = services.AddFluxgate();
    foreach (var name in names)
    {
        fluxgate.AddBreaker(name);
    }

    services.AddFluxgateFleet(fleet =>
    {
        fleet.Name = "load";
        fleet.Include(names).UseRedis(redis.Address);
    });
    all.Add(services.BuildServiceProvider());
}

// They connect when they are created.
started.Restart();
IFleetView[] views = [.. all.Select(services => services.GetRequiredService<IFleetView>())];
TimeSpan? connected = null;
while (views.Any(view => view.Summary?.Members != members))
{
    await Task.Delay(20);
    connected ??= views.All(view => view.Status.IsConnected) ? started.Elapsed : null;
    if (started.Elapsed > TimeSpan.FromMinutes(2))
    {
        Console.WriteLine(
            $"{views.Count(view => view.Status.IsConnected)} of {members} members are connected. {views[0].Status.LastError}"
        );
        return 1;
    }
}

Console.WriteLine(
    $"{members} members x {breakers} breakers, connected after {(connected ?? started.Elapsed).TotalSeconds:F1} s, all in the summary after {started.Elapsed.TotalSeconds:F1} s"
);
var before = await CountAsync();
var exchanges = views.Sum(view => view.Status.Exchanges);
var failures = views.Sum(view => view.Status.Failures);
var measured = Stopwatch.StartNew();
await Task.Delay(TimeSpan.FromSeconds(seconds));
var after = await CountAsync();
var elapsed = measured.Elapsed.TotalSeconds;
exchanges = views.Sum(view => view.Status.Exchanges) - exchanges;
failures = views.Sum(view => view.Status.Failures) - failures;
double Of(string name) => after.GetValueOrDefault(name) - before.GetValueOrDefault(name);
var scripts = Of("evalsha") + Of("evalsha_ro");
Console.WriteLine($"exchanges       {exchanges / elapsed:F0} a second, {failures} failed");
Console.WriteLine($"commands        {scripts / elapsed:F0} a second, {scripts / exchanges:F2} for each exchange");
Console.WriteLine($"bytes in        {Of("in") / elapsed / 1e6:F2} MB a second, {Of("in") / exchanges:F0} for each exchange");
Console.WriteLine($"bytes out       {Of("out") / elapsed / 1e6:F2} MB a second, {Of("out") / exchanges:F0} for each exchange");
Console.WriteLine($"CPU of Redis    {100 * Of("cpu") / elapsed:F1} % of a core");
Console.WriteLine($"memory of Redis {after["memory"] / 1e6:F1} MB");
await SteerAsync();
var hasReturned = await ReturnAsync();
await Task.WhenAll(all.Select(services => services.DisposeAsync().AsTask()));
return hasReturned ? 0 : 1;

async Task SteerAsync()
{
    FluxgateBreaker[] steered = [.. all.Select(services => services.GetRequiredService<FluxgateBreakers>()[names[0]])];
    var order = new FleetOrder(FleetAction.ForceOpen)
    {
        Circuits = names[0],
        Reason = "measured",
        By = "load",
    };
    var since = Stopwatch.StartNew();
    var result = await all[0].GetRequiredService<IFleetControl>().IssueAsync(order);
    var written = since.Elapsed;
    double[] delays = new double[steered.Length];
    while (result.IsAccepted && Array.Exists(delays, time => time == 0) && since.Elapsed < TimeSpan.FromSeconds(30))
    {
        await Task.Delay(5);
        for (var i = 0; i < delays.Length; i++)
        {
            delays[i] = delays[i] == 0 && steered[i].State == BreakerState.ForcedOpen ? since.Elapsed.TotalMilliseconds : delays[i];
        }
    }

    var obeyed = delays.Where(time => time > 0).Order().ToArray();
    double Share(double share) => obeyed.ElementAtOrDefault((int)Math.Ceiling(share * delays.Length) - 1);
    Console.WriteLine(
        $"a directive     written after {written.TotalMilliseconds:F0} ms, obeyed by {obeyed.Length} members: half after {Share(0.5):F0} ms, 99 % after {Share(0.99):F0} ms, all after {Share(1):F0} ms"
    );
}

async Task<bool> ReturnAsync()
{
    await redis.KillAsync();
    var killed = Stopwatch.StartNew();
    while (views.Count(view => view.Status.IsConnected) is > 0 and var left)
    {
        if (killed.Elapsed > TimeSpan.FromMinutes(2))
        {
            Console.WriteLine($"{left} of {members} members have not noticed that the server is gone.");
            return false;
        }

        await Task.Delay(100);
    }

    await redis.RestartAsync();
    var since = Stopwatch.StartNew();
    var successes = views.Sum(view => view.Status.Exchanges);
    List<double> connections = [0];
    List<long> returned = [0];
    List<long> exchanged = [0];
    while (returned[^1] < members && since.Elapsed < TimeSpan.FromMinutes(2))
    {
        await Task.Delay(TimeSpan.FromSeconds(returned.Count) - since.Elapsed is { Ticks: > 0 } rest ? rest : TimeSpan.Zero);
        connections.Add((await CountAsync())["connections"]);
        returned.Add(views.Count(view => view.Status.IsConnected));
        exchanged.Add(views.Sum(view => view.Status.Exchanges) - successes);
    }

    Console.WriteLine(
        $"after a restart {returned[^1]} of {members} members were back within {since.Elapsed.TotalSeconds:F0} s, {Most(returned)} in one second"
    );
    Console.WriteLine($"                at most {Most(connections):F0} new connections and {Most(exchanged)} exchanges in one second");
    return returned[^1] == members;

    static T Most<T>(List<T> counts)
        where T : System.Numerics.INumber<T> => counts.Zip(counts.Skip(1), (before, after) => after - before).Max()!;
}

async Task<Dictionary<string, double>> CountAsync()
{
    var info = await redis.CommandAsync("INFO", "everything");
    var fields = info.Split('\n')
        .Select(line => line.Trim().Split(':', 2))
        .Where(line => line.Length == 2)
        .ToDictionary(line => line[0], line => line[1]);
    double Number(string name) => double.Parse(fields[name], CultureInfo.InvariantCulture);
    double Calls(string command) =>
        fields.TryGetValue($"cmdstat_{command}", out var text) ? double.Parse(text.Split('=', ',')[1], CultureInfo.InvariantCulture) : 0;
    return new(StringComparer.Ordinal)
    {
        ["in"] = Number("total_net_input_bytes"),
        ["out"] = Number("total_net_output_bytes"),
        ["cpu"] = Number("used_cpu_sys") + Number("used_cpu_user"),
        ["memory"] = Number("used_memory"),
        ["connections"] = Number("total_connections_received"),
        ["evalsha"] = Calls("evalsha"),
        ["evalsha_ro"] = Calls("evalsha_ro"),
    };
}
