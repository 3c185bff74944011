using System.Text.Json;
using Fluxgate;
using Outage;

// Communicates in lines with the test that started it: writes its port, runs an act for "first" or "second", writes its counts after each
// line, and ends at the end of its input.
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

    Console.WriteLine(JsonSerializer.Serialize(CountedProcess.By(circuits)));
}
