namespace PrometheusNet;

/// <summary>The dependency, which returns the stock of an item unless it is down.</summary>
internal sealed class Supplier
{
    public bool IsDown { get; set; }

    public ValueTask<int> StockOfAsync(string item) =>
        IsDown ? throw new HttpRequestException("The supplier does not respond.") : ValueTask.FromResult(item.Length);
}
