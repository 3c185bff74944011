using Fluxgate.Simulation;
using System.Diagnostics;
var w = new World { Outages = [new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(40), _ => true)], Duration = TimeSpan.FromSeconds(150) };
foreach (var (name, world) in new[]{("fleet", w), ("alone", w with { Design = new() { HasStore = false, Follows=false, Gates=false } })}) {
var sw = Stopwatch.StartNew();
var r = Run.Of(world);
Console.WriteLine($"{name} {sw.Elapsed} trips {string.Join(' ', r.FleetTrips)} setbacks {r.Setbacks} probers {r.MostProbers}");
foreach (var s in r.Seconds) Console.WriteLine($"{s.Number} d{s.Demand} ref{s.Refused} off{s.Offered} f{s.Failed} own{s.OwnTrips} fl{s.FleetTrips} beg{s.Began} C{s.Members[0]} O{s.Members[1]} H{s.Members[2]} F{s.Members[5]} share {s.Share:0.000}");
}
