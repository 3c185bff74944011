namespace QuickStart;

/// <summary>Shows the breaker while the program runs.</summary>
internal interface IView : IDisposable
{
    Task ShowAsync(CancellationToken over);
}
