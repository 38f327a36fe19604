using System.Net;
using System.Net.Sockets;

namespace EventSettlement.Faults.World;

/// <summary>One connection through a proxy.</summary>
internal sealed class ProxyLink(TcpClient client) : IDisposable
{
    private readonly TcpClient _server = new() { NoDelay = true };
    private volatile int _answered;

    /// <summary>Bytes that the server has sent so far.</summary>
    public int Answered => _answered;

    /// <summary>The server's last byte; of PostgreSQL's answers it is the state of the transaction.</summary>
    public byte LastByte { get; private set; }

    public void Remember(ReadOnlySpan<byte> answer) => LastByte = answer[^1];

    /// <summary>What the server says from now on is swallowed.</summary>
    public bool IsDeaf { get; set; }

    public async Task<bool> Connect(int port)
    {
        client.NoDelay = true;
        try
        {
            await _server.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async Task<int> Read(bool fromClient, byte[] buffer)
    {
        var count = await (fromClient ? client : _server).GetStream().ReadAsync(buffer);
        if (!fromClient)
            _answered = unchecked(_answered + count);
        return count;
    }

    public async Task Write(bool toServer, ReadOnlyMemory<byte> piece) =>
        await (toServer ? _server : client).GetStream().WriteAsync(piece);

    /// <summary>Closes with a reset, so that what was on its way is lost.</summary>
    public void Dispose()
    {
        if (client.Client is { } socket)
            socket.LingerState = new LingerOption(true, 0);
        client.Dispose();
        _server.Dispose();
    }
}
