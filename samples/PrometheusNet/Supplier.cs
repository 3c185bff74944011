namespace PrometheusNet;

/// <summary>The dependency: says how many of an item it has, unless it is down.</summary>
internal sealed class Supplier
{
    public bool IsDown { get; set; }

    public ValueTask<int> StockOfAsync(string item) =>
        IsDown ? throw new HttpRequestException("The supplier does not answer.") : ValueTask.FromResult(item.Length);
}
