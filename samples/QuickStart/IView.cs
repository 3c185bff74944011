namespace QuickStart;

/// <summary>Shows what happens while it happens.</summary>
internal interface IView : IDisposable
{
    Task ShowAsync(CancellationToken over);
}
