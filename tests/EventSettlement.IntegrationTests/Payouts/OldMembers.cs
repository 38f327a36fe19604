using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace EventSettlement.IntegrationTests.Payouts;

/// <summary>
/// A member service that speaks HTTP/1.0 without keep-alive. It answers with a length and ends the connection a moment
/// later, as simple servers do: whoever sends on it meanwhile is never heard.
/// </summary>
internal sealed class OldMembers : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();

    public OldMembers()
    {
        _listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _ = Accept();
    }

    public string Url { get; }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task Accept()
    {
        while (!_end.IsCancellationRequested)
            _ = Answer(await _listener.AcceptSocketAsync(_end.Token));
    }

    private static async Task Answer(Socket socket)
    {
        using var _ = socket;
        var results = new JsonArray();
        foreach (var credit in JsonNode.Parse(await Body(socket))!["credits"]!.AsArray())
            results.Add(
                new JsonObject
                {
                    ["key"] = (string)credit!["key"]!,
                    ["status"] = "CREDITED",
                    ["transactionId"] = "t-" + (string)credit["key"]!,
                }
            );
        var body = new JsonObject { ["results"] = results }.ToJsonString();
        var head = $"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(head + body));
        await Task.Delay(20);
    }

    private static async Task<string> Body(Socket socket)
    {
        var (buffer, text) = (new byte[64 * 1024], "");
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer);
            text += Encoding.ASCII.GetString(buffer, 0, read);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (read == 0 || (end > 0 && text.Length >= end + 4 + Length(text[..end])))
                return text[(end + 4)..];
        }
    }

    private static int Length(string head) =>
        int.Parse(
            head.Split("\r\n")
                .Single(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                .Split(':')[1]
        );
}
