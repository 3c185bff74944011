using System.Collections;
using Microsoft.Extensions.DependencyInjection;

namespace Fluxgate;

/// <summary>Services that count the reads of one of them.</summary>
internal sealed class CountingServices : IServiceCollection
{
    private readonly List<ServiceDescriptor> _services = [];

    public long Reads { get; private set; }

    public int Count => _services.Count;

    public bool IsReadOnly => false;

    public ServiceDescriptor this[int index]
    {
        get
        {
            Reads++;
            return _services[index];
        }
        set => _services[index] = value;
    }

    public void Add(ServiceDescriptor item) => _services.Add(item);

    public void Clear() => _services.Clear();

    public bool Contains(ServiceDescriptor item) => this.Any(service => service == item);

    public void CopyTo(ServiceDescriptor[] array, int arrayIndex) => _services.CopyTo(array, arrayIndex);

    public int IndexOf(ServiceDescriptor item) => _services.IndexOf(item);

    public void Insert(int index, ServiceDescriptor item) => _services.Insert(index, item);

    public bool Remove(ServiceDescriptor item) => _services.Remove(item);

    public void RemoveAt(int index) => _services.RemoveAt(index);

    public IEnumerator<ServiceDescriptor> GetEnumerator()
    {
        foreach (var service in _services)
        {
            Reads++;
            yield return service;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
