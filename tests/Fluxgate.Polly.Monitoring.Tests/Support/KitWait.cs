namespace Fluxgate;

/// <summary>Polls until a condition holds. The deadline only prevents hanging.</summary>
internal static class KitWait
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task UntilAsync(Func<Task<bool>> isSo, Func<string> what)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!await IsSoAsync(isSo))
        {
            try
            {
                await Task.Delay(Pause, deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"After {Deadline.TotalSeconds} s still waiting for {what()}");
            }
        }
    }

    // A server that is starting refuses connections or is not ready.
    private static async Task<bool> IsSoAsync(Func<Task<bool>> isSo)
    {
        try
        {
            return await isSo();
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
