using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using EventSettlement.Faults.Injection.Network;

namespace EventSettlement.Faults.World;

/// <summary>Stands before a server and cuts, delays or swallows what goes through it.</summary>
internal sealed class TcpProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, Ports.Free());
    private readonly ConcurrentDictionary<ProxyLink, bool> _links = [];
    private readonly int _target;

    public TcpProxy(int target)
    {
        _target = target;
        _listener.Start();
        _ = Task.Run(Accept);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Every piece waits so long before it goes on.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>New connections are closed at once.</summary>
    public bool IsCut { get; set; }

    /// <summary>Nothing goes on and nothing is closed, as when a cable is pulled.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Asked about each piece on its way to the server.</summary>
    public Func<ProxyLink, ReadOnlyMemory<byte>, Task<Fate>>? BeforeServer { get; set; }

    /// <summary>Asked about each piece of an answer on its way to the client.</summary>
    public Func<ProxyLink, ReadOnlyMemory<byte>, Task<Fate>>? BeforeClient { get; set; }

    public int Cuts { get; private set; }

    public void CutAll()
    {
        foreach (var link in _links.Keys)
            Close(link);
    }

    public void Dispose()
    {
        _listener.Dispose();
        CutAll();
    }

    private void Close(ProxyLink link)
    {
        Cuts++;
        link.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
                _ = Serve(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The proxy is over.
        }
    }

    private async Task Serve(TcpClient client)
    {
        using var link = new ProxyLink(client);
        if (IsCut || !await link.Connect(_target))
            return;
        _links[link] = true;
        try
        {
            await Task.WhenAny(Pump(link, toServer: true), Pump(link, toServer: false));
        }
        finally
        {
            _links.TryRemove(link, out _);
        }
    }

    private async Task Pump(ProxyLink link, bool toServer)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await link.Read(toServer, buffer) is > 0 and var count)
            {
                var piece = buffer.AsMemory(0, count);
                if (Delay > TimeSpan.Zero)
                    await Task.Delay(Delay);
                while (IsSilent)
                    await Task.Delay(20);
                var fate = (toServer ? BeforeServer : BeforeClient) is { } ask ? await ask(link, piece) : Fate.GoesOn;
                if (fate == Fate.Cut)
                {
                    Close(link);
                    return;
                }

                if (!toServer)
                    link.Remember(piece.Span);
                if (fate == Fate.GoesOn && (toServer || !link.IsDeaf))
                    await link.Write(toServer, piece);
            }
        }
        catch (Exception ended)
            when (ended is IOException or ObjectDisposedException or SocketException or InvalidOperationException)
        {
            // One side has gone; the other follows.
        }
    }
}

/// <summary>What becomes of a piece on its way.</summary>
internal enum Fate
{
    GoesOn,

    /// <summary>The connection is closed instead.</summary>
    Cut,

    /// <summary>It was answered on the server's behalf.</summary>
    Swallowed,
}
