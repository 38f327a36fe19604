using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace EventSettlement.IntegrationTests.EventLog.World;

/// <summary>
/// Speaks as much of Kafka's protocol as a broker that its controller counts out: then no broker is there. A real one
/// says so for some milliseconds after it stood still. No topic has a leader.
/// </summary>
internal sealed class ClusterWithoutBrokers : IDisposable
{
    private const short Metadata = 3;
    private const short ApiVersions = 18;
    private const short LeaderNotAvailable = 5;
    private const short UnsupportedVersion = 35;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private volatile bool _isCountedOut;

    public ClusterWithoutBrokers()
    {
        _listener.Start();
        _ = Accept();
    }

    public string Bootstrap => $"127.0.0.1:{Port}";

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void CountOut() => _isCountedOut = true;

    public void Dispose() => _listener.Dispose();

    private async Task Accept()
    {
        try
        {
            while (true)
                _ = Serve(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Serve(TcpClient client)
    {
        using var _ = client;
        var stream = client.GetStream();
        try
        {
            while (true)
            {
                var size = new byte[4];
                await stream.ReadExactlyAsync(size);
                var request = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
                await stream.ReadExactlyAsync(request);
                await stream.WriteAsync(Answer(new Reading(request)));
            }
        }
        catch (IOException)
        {
            // The client left.
        }
    }

    private byte[] Answer(Reading request)
    {
        var (key, version) = (request.Short(), request.Short());
        var answer = new Writing().Int(request.Int());
        request.Text();
        return key switch
        {
            ApiVersions => answer
                .Short(version == 0 ? (short)0 : UnsupportedVersion)
                .Int(2)
                .Short(Metadata)
                .Short(0)
                .Short(8)
                .Short(ApiVersions)
                .Short(0)
                .Short(0)
                .Framed(),
            Metadata => WithTopics(WithBrokers(answer.Int(0)), request).Int(0).Framed(),
            _ => throw new IOException($"No answer to a request {key}"),
        };
    }

    private Writing WithBrokers(Writing answer)
    {
        const int node = 1;
        if (_isCountedOut)
            return answer.Int(0).Text("cluster").Int(-1);
        return answer.Int(1).Int(node).Text("127.0.0.1").Int(Port).Short(-1).Text("cluster").Int(node);
    }

    private static Writing WithTopics(Writing answer, Reading request)
    {
        var topics = Math.Max(0, request.Int());
        answer.Int(topics);
        for (var i = 0; i < topics; i++)
            answer.Short(LeaderNotAvailable).Text(request.Text()).Byte(0).Int(0).Int(0);
        return answer;
    }

    private sealed class Reading(byte[] bytes)
    {
        private int _at;

        public short Short() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

        public int Int() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

        public string Text() => Encoding.UTF8.GetString(Take(Math.Max((short)0, Short())));

        private ReadOnlySpan<byte> Take(int count) => bytes.AsSpan((_at += count) - count, count);
    }

    private sealed class Writing
    {
        private readonly List<byte> _bytes = [];

        public Writing Byte(byte value)
        {
            _bytes.Add(value);
            return this;
        }

        public Writing Short(short value)
        {
            BinaryPrimitives.WriteInt16BigEndian(Add(2), value);
            return this;
        }

        public Writing Int(int value)
        {
            BinaryPrimitives.WriteInt32BigEndian(Add(4), value);
            return this;
        }

        public Writing Text(string value)
        {
            Short((short)value.Length);
            _bytes.AddRange(Encoding.UTF8.GetBytes(value));
            return this;
        }

        public byte[] Framed() => [.. new Writing().Int(_bytes.Count)._bytes, .. _bytes];

        private Span<byte> Add(int count)
        {
            CollectionsMarshal.SetCount(_bytes, _bytes.Count + count);
            return CollectionsMarshal.AsSpan(_bytes)[^count..];
        }
    }
}
