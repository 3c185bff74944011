namespace FleetSample;

/// <summary>Writes a line each second and a line for each event, for pipes and logs.</summary>
internal static class PlainView
{
    private const int ChecksPerSecond = 5;

    public static async Task ShowAsync(Stage stage, CancellationToken ended)
    {
        var written = 0;
        for (var check = 1; !ended.IsCancellationRequested; check++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1.0 / ChecksPerSecond), CancellationToken.None);
            written += WriteEvents(stage, written);
            if (check % ChecksPerSecond == 0 && stage.Fleet is { } fleet)
            {
                Console.WriteLine($"{stage.Clock.Elapsed.TotalSeconds, 5:0.0} s  {Line(stage, fleet)}");
            }
        }

        WriteEvents(stage, written);
    }

    private static int WriteEvents(Stage stage, int written)
    {
        var events = stage.EventsFrom(written);
        foreach (var text in events)
        {
            Console.WriteLine(text);
        }

        return events.Count;
    }

    private static string Line(Stage stage, Report fleet)
    {
        var states = stage
            .Instances.Select(instance => instance.Report?.State ?? "starts")
            .GroupBy(state => state, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key} {group.Count()}");
        var connected = stage.Instances.Count(instance => instance.Report?.IsConnected == true);
        return $"{string.Join(", ", states), -28}  connected {connected}  the fleet sees {fleet.MembersOpen} of {fleet.Members} rejecting";
    }
}
