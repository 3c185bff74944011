using System.Net;
using System.Net.Sockets;

namespace Fluxgate;

/// <summary>Opens the sockets of a <see cref="PrometheusServer"/>.</summary>
internal static class ListeningSockets
{
    private const int PortsToTry = 20;
    private const int Backlog = 512;

    /// <summary>Listens on all addresses of a host that belong to this machine, on one port.</summary>
    /// <param name="host">The host.</param>
    /// <param name="port">The port, or 0 for a free one.</param>
    /// <returns>At least one socket.</returns>
    /// <exception cref="SocketException">The port is in use, or the host has no address on this machine.</exception>
    public static IReadOnlyList<Socket> Open(ListenHost host, int port)
    {
        var addresses = host.Addresses();
        for (var left = PortsToTry; ; left--)
        {
            try
            {
                return Open(addresses, port);
            }
            catch (SocketException error) when (port == 0 && left > 1 && error.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The port is free on the first address but not on the second. Try another one.
            }
        }
    }

    public static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    private static List<Socket> Open(IReadOnlyList<IPAddress> addresses, int port)
    {
        List<Socket> opened = [];
        SocketException? notLocal = null;
        try
        {
            foreach (var address in addresses)
            {
                try
                {
                    opened.Add(Open(address, opened.Count == 0 ? port : PortOf(opened[0])));
                }
                catch (SocketException error) when (IsNotLocal(error.SocketErrorCode))
                {
                    notLocal = error;
                }
            }

            return opened.Count > 0 ? opened : throw notLocal ?? new SocketException((int)SocketError.HostNotFound);
        }
        catch
        {
            opened.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    private static Socket Open(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = address.Equals(IPAddress.IPv6Any);
            }

            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Returns whether an address belongs to another machine, or is IPv6 on a machine without it.</summary>
    private static bool IsNotLocal(SocketError error) =>
        error is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported or SocketError.ProtocolFamilyNotSupported;
}
