using System.Text.Json;
using Fluxgate;
using Outage;

// Speaks in lines with the test that started it: says its port, has its outage when told "outage", says what it counted, and ends with its input.
await using var circuits = new Circuits();
await using var server = new PrometheusServer(0);
server.Start();
Console.WriteLine(server.Port);
while (await Console.In.ReadLineAsync() is { } line)
{
    if (line == "outage")
    {
        await Scenario.RunAsync(circuits);
        Console.WriteLine(
            JsonSerializer.Serialize(circuits.All.ToDictionary(circuit => circuit.Key, circuit => Counted.By(circuit.Value)))
        );
    }
}
