namespace Fluxgate;

/// <summary>Writes and reads the slow calls at one threshold.</summary>
internal static class SlowCodec
{
    private const int Threshold = 1;
    private const int Calls = 2;
    private const int Reporters = 3;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(100);

    public static FieldWriter Write(FleetSlowCalls slow)
    {
        var writer = new FieldWriter();
        writer.Add(Threshold, Math.Min(slow.Threshold.Ticks, Longest.Ticks));
        writer.Add(Calls, slow.Calls);
        writer.Add(Reporters, slow.Reporters);
        return writer;
    }

    public static FleetSlowCalls Read(ref FieldReader message, long mostCalls)
    {
        var reader = message.Fields();
        FleetSlowCalls slow = new(TimeSpan.Zero, 0, 0);
        while (reader.Read())
        {
            slow = reader.Field switch
            {
                Threshold => slow with { Threshold = TimeSpan.FromTicks(reader.Number(Longest.Ticks)) },
                Calls => slow with { Calls = reader.Number(mostCalls) },
                Reporters => slow with { Reporters = (int)reader.Number(int.MaxValue) },
                _ => slow,
            };
        }

        message.Fail(reader.Error);
        return slow;
    }
}
