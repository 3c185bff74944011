using System.Net;
using System.Net.Sockets;

namespace Fluxgate;

/// <summary>The <c>host</c> of a <see cref="PrometheusServer"/>: the addresses to listen on, and the hosts that a request may name.</summary>
internal sealed class ListenHost
{
    private const string Localhost = "localhost";
    private const int IPv4Dots = 3;

    private readonly IPAddress? _address;
    private readonly string _name = Localhost;

    /// <summary>Parses a host.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="host"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="host"/> is invalid.</exception>
    public ListenHost(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (host is "*" or "+")
        {
            // One IPv6 socket serves both families.
            _address = Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        }
        else if (TryReadAddress(host, out var address))
        {
            _address = address;
        }
        else if (IsName(host))
        {
            _name = host.TrimEnd('.');
        }
        else
        {
            throw new ArgumentException(
                "host must be a host name, an IP address, or *, +, 0.0.0.0 or :: for every address of this machine, "
                    + $"without scheme, port and path, but is '{host}'.",
                nameof(host)
            );
        }
    }

    private bool IsEveryAddress => IPAddress.Any.Equals(_address) || IPAddress.IPv6Any.Equals(_address);

    /// <summary>Returns the addresses to listen on. The addresses of a name may belong to other machines.</summary>
    /// <exception cref="SocketException">The name has no address.</exception>
    public IReadOnlyList<IPAddress> Addresses() =>
        _address is not null ? [_address]
        : IsLocalhost(_name) ? [IPAddress.Loopback, IPAddress.IPv6Loopback]
        : Dns.GetHostAddresses(_name);

    /// <summary>
    /// Returns whether requests for a host are served: for this host, for the address that the request was sent to, and on loopback for every
    /// name of loopback. A web page that resolves its own name to this machine must not read the metrics (DNS rebinding).
    /// </summary>
    /// <param name="host">The header <c>Host</c>.</param>
    /// <param name="local">The address that the request was sent to.</param>
    public bool Serves(string host, IPAddress local)
    {
        if (IsEveryAddress)
        {
            return true;
        }

        var name = WithoutPort(host).TrimEnd('.');
        return TryReadAddress(name, out var address)
            ? address.GetAddressBytes().AsSpan().SequenceEqual(local.GetAddressBytes())
                || (IPAddress.IsLoopback(address) && IPAddress.IsLoopback(local))
            : name.Equals(_name, StringComparison.OrdinalIgnoreCase) || (IsLocalhost(name) && IPAddress.IsLoopback(local));
    }

    private static bool IsLocalhost(string name) => name.Equals(Localhost, StringComparison.OrdinalIgnoreCase);

    private static string WithoutPort(string host) =>
        host[(host.LastIndexOf(']') + 1)..].LastIndexOf(':') is >= 0 and var colon ? host[..(host.LastIndexOf(']') + 1 + colon)] : host;

    /// <summary>Parses an address: four numbers, or IPv6 with or without brackets. <see cref="IPAddress"/> alone accepts <c>1</c> and <c>[::1]:80</c> too.</summary>
    private static bool TryReadAddress(string host, out IPAddress address)
    {
        var bare = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        address = IPAddress.None;
        if (bare.AsSpan().ContainsAny('[', ']') || !IPAddress.TryParse(bare, out var read))
        {
            return false;
        }

        address = read.IsIPv4MappedToIPv6 ? read.MapToIPv4() : read;
        return read.AddressFamily == AddressFamily.InterNetworkV6 || (bare.Length == host.Length && bare.Count('.') == IPv4Dots);
    }

    /// <summary>Returns whether text is a DNS name. A name whose last part is a number would be an invalid IPv4 address.</summary>
    private static bool IsName(string host) =>
        Uri.CheckHostName(host) == UriHostNameType.Dns && !host.TrimEnd('.').Split('.')[^1].All(char.IsAsciiDigit);
}
