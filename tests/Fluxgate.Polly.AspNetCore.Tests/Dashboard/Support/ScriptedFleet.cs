using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>A fleet that says what a test demands, in place of that of the container.</summary>
internal sealed class ScriptedFleet : IFleetView, IFleetControl
{
    public string Fleet => "scripted";

    public string MemberId => "web";

    public FleetStatus Status
    {
        get => Failure is { } error ? throw error : field;
        set;
    } = new() { IsConnected = true, Exchanges = 1 };

    /// <summary>Gets or sets what readings of the status throw.</summary>
    public Exception? Failure { get; set; }

    public FleetSummary? Summary { get; set; }

    public IReadOnlyList<FleetDirective> Directives { get; set; } = [];

    public IReadOnlyList<MetricFamily> MetricFamilies => [];

    public Func<Task<FleetReport>> Report { get; set; } = () => Task.FromResult(new FleetReport { Members = [] });

    public Func<Task<FleetControlResult>> Result { get; set; } = () => Never<FleetControlResult>();

    /// <summary>Gets the order that was issued.</summary>
    public FleetOrder? Order { get; private set; }

    public static Task<T> Never<T>() => new TaskCompletionSource<T>().Task;

    public void Register(IServiceCollection services) => services.AddSingleton<IFleetView>(this).AddSingleton<IFleetControl>(this);

    public Task<FleetReport> ReadAsync(CancellationToken cancellationToken = default) => Report();

    public Task<FleetControlResult> IssueAsync(FleetOrder order, CancellationToken cancellationToken = default)
    {
        Order = order;
        return Result();
    }

    public Task<FleetPreview> PreviewAsync(FleetOrder order, CancellationToken cancellationToken = default) => Never<FleetPreview>();

    Task<FleetDirectives> IFleetControl.ReadAsync(CancellationToken cancellationToken) => Never<FleetDirectives>();

    public Task<IReadOnlyList<FleetAuditEntry>> ReadAuditAsync(int count = 100, CancellationToken cancellationToken = default) =>
        Never<IReadOnlyList<FleetAuditEntry>>();
}
