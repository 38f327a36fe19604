using System.Net;
using System.Net.Sockets;

namespace EventSettlement.IntegrationTests.Payouts;

/// <summary>A member service that ends each connection after its answer.</summary>
public sealed class OldProtocolTests : PayoutWorld
{
    private readonly OldMembers _members = new();

    protected override string MembersUrl => _members.Url;

    protected override int MaxItems => 1;

    // What a busy machine takes its time for is no lost connection.
    protected override TimeSpan Timeout => TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Each_call_is_paid_at_its_first_attempt_though_connections_end_behind_answers()
    {
        // The first answer tells how it is; what was in flight beside it would meet the end of its connection.
        await Pay(await Plan(1));
        var ids = new List<Guid>();
        for (var n = 0; n < 8; n++)
            ids.Add(await Plan(5));
        foreach (var id in ids)
        {
            await Pay(id);
            Assert.Equal(("PAID 5", ""), (await States(id), await Codes(id)));
        }

        _members.Dispose();
    }
}

/// <summary>A member service whose machine takes no connection: what asks for one hears nothing.</summary>
public sealed class NoConnectionTests : PayoutWorld
{
    private readonly List<Socket> _sockets = [];
    private string _url = "";

    protected override string MembersUrl => _url.Length > 0 ? _url : _url = Full();

    [Fact]
    public async Task No_connection_in_time_leaves_no_doubt_so_a_cancel_needs_no_wait()
    {
        var id = await Plan(2);
        Assert.Equal(2, Answer(await Pay(id)).Counts.Failed);
        Assert.Equal("FAILED 2", await States(id));
        Assert.Equal("connect_timeout", await Scalar<string>("SELECT min(error_code) FROM settlement_item"));
        Assert.Equal(0L, await Scalar<long>("SELECT count(*) FROM settlement_item WHERE doubt_at IS NOT NULL"));
        _sockets.ForEach(socket => socket.Dispose());
    }

    /// <summary>A listener that accepts nothing, with connections until its queue is full.</summary>
    private string Full()
    {
        var listener = New();
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        for (var waiting = 0; waiting < 4; waiting++)
            _ = New().ConnectAsync(listener.LocalEndPoint!);
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}";
    }

    private Socket New()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        return socket;
    }
}
