using System.Text.Json;
using Fluxgate;
using Outage;

// Speaks in lines with the test that started it: says its port, plays an act when told "first" or "second", says after each line what it
// has counted up to then, and ends with its input.
await using var circuits = new Circuits();
await using var server = new PrometheusServer(0);
var scenario = new Scenario(circuits);
server.Start();
Console.WriteLine(server.Port);
while (await Console.In.ReadLineAsync() is { } line)
{
    switch (line)
    {
        case "first":
            scenario.First();
            break;
        case "second":
            scenario.Second();
            break;
    }

    Console.WriteLine(JsonSerializer.Serialize(circuits.All.ToDictionary(circuit => circuit.Key, circuit => Counted.By(circuit.Value))));
}
