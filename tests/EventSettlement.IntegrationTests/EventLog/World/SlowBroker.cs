using System.Net;
using System.Net.Sockets;

namespace EventSettlement.IntegrationTests.EventLog.World;

/// <summary>
/// Stands before a broker and holds each ListOffsets request, and with it what its connection asks afterwards, as a
/// broker under load does; or all requests.
/// </summary>
internal sealed class SlowBroker
{
    private const int ListOffsets = 2;
    private const int ApiKeyAt = 4;
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;

    public SlowBroker(int target)
    {
        _target = target;
        _listener.Start();
        _ = Task.Run(Accept);
    }

    /// <summary>No request reaches the broker.</summary>
    public bool IsSilent { get; set; }

    public string Bootstrap => _listener.LocalEndpoint.ToString()!;

    private async Task Accept()
    {
        while (true)
            _ = Serve(await _listener.AcceptTcpClientAsync());
    }

    private async Task Serve(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            await server.ConnectAsync(IPAddress.Loopback, _target);
            var (there, back) = (client.GetStream(), server.GetStream());
            await Task.WhenAny(Requests(there, back), back.CopyToAsync(there));
        }
    }

    private async Task Requests(NetworkStream from, NetworkStream to)
    {
        var piece = new byte[64 * 1024];
        while (await from.ReadAsync(piece) is > 0 and var count)
        {
            if (count > ApiKeyAt + 1 && piece[ApiKeyAt] == 0 && piece[ApiKeyAt + 1] == ListOffsets)
                await Task.Delay(Held);
            while (IsSilent)
                await Task.Delay(Between);
            await to.WriteAsync(piece.AsMemory(0, count));
        }
    }
}
