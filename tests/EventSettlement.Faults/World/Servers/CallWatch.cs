using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using EventSettlement.Faults.Injection.Network;

namespace EventSettlement.Faults.World.Servers;

/// <summary>
/// Stands between each server and the member service and writes down who asks for which keys, before they arrive,
/// and which were answered how.
/// </summary>
internal sealed partial class CallWatch(int target, string folder) : IDisposable
{
    private const int LongestKey = 64;
    private readonly ConditionalWeakTable<ProxyLink, State> _links = [];
    private readonly StreamWriter _file = new(Path.Combine(folder, "calls.jsonl")) { AutoFlush = true };
    private readonly List<TcpProxy> _proxies = [];
    private int _requests;

    /// <summary>Requests so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Asked about each piece of the member service's answers on its way to a server.</summary>
    public Func<ProxyLink, ReadOnlyMemory<byte>, Task<Fate>>? BeforeServers { get; set; }

    /// <summary>Where this server finds the member service.</summary>
    public Uri UrlFor(string server)
    {
        var proxy = new TcpProxy(target)
        {
            BeforeServer = (link, piece) => Note(server, link, piece),
            BeforeClient = (link, piece) => NoteAnswer(server, link, piece),
        };
        _proxies.Add(proxy);
        return new Uri($"http://127.0.0.1:{proxy.Port}");
    }

    public void Dispose()
    {
        _proxies.ForEach(p => p.Dispose());
        lock (_file)
            _file.Dispose();
    }

    private Task<Fate> Note(string server, ProxyLink link, ReadOnlyMemory<byte> piece)
    {
        var state = _links.GetValue(link, _ => new State());
        var text = state.Rest + Encoding.ASCII.GetString(piece.Span);
        var (keys, end) = (new List<string>(), 0);
        foreach (var match in Wanted().Matches(text).Cast<Match>())
        {
            // A key that touches the end of the piece may go on in the next one.
            if (match.Index + match.Length == text.Length)
                break;
            end = match.Index + match.Length;
            if (match.Groups["way"].Value is { Length: > 0 } way)
            {
                Write(server, state.Way, keys);
                (state.Way, keys, state.Asked) = (way, [], []);
                Interlocked.Increment(ref _requests);
            }
            else
            {
                keys.Add(match.Value);
                state.Asked.Add(match.Value);
            }
        }

        Write(server, state.Way, keys);
        state.Rest = text[Math.Max(end, text.Length - LongestKey)..];
        return Task.FromResult(Fate.GoesOn);
    }

    /// <summary>The head of an answer that a server gets.</summary>
    private async Task<Fate> NoteAnswer(string server, ProxyLink link, ReadOnlyMemory<byte> piece)
    {
        var fate = BeforeServers is { } ask ? await ask(link, piece) : Fate.GoesOn;
        if (
            fate != Fate.GoesOn
            || !_links.TryGetValue(link, out var state)
            || state.Asked.Count == 0
            || Status().Match(Encoding.ASCII.GetString(piece.Span)) is not { Success: true } head
        )
            return fate;
        Write(
            server,
            "",
            state.Asked,
            state.Way,
            int.Parse(head.Groups["status"].Value, CultureInfo.InvariantCulture),
            head.Groups["wait"] is { Success: true } wait ? int.Parse(wait.Value, CultureInfo.InvariantCulture) : null
        );
        state.Asked = [];
        return fate;
    }

    private void Write(string by, string way, List<string> keys, string answers = "", int status = 0, int? wait = null)
    {
        if (keys.Count == 0)
            return;
        var line = JsonSerializer.Serialize(
            new
            {
                at = DateTimeOffset.UtcNow,
                by,
                way,
                answers,
                status,
                wait,
                keys,
            }
        );
        lock (_file)
            if (_file.BaseStream is { CanWrite: true })
                _file.WriteLine(line);
    }

    [GeneratedRegex(@"POST /v1/point-credits/(?<way>bulk|lookup)|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d+:\d+")]
    private static partial Regex Wanted();

    [GeneratedRegex(
        @"\AHTTP/1\.1 (?<status>\d{3})(.*?\r\nRetry-After: (?<wait>\d+))?",
        RegexOptions.Singleline | RegexOptions.IgnoreCase
    )]
    private static partial Regex Status();

    private sealed class State
    {
        public string Way { get; set; } = "";

        /// <summary>Keys of the request that has no answer yet.</summary>
        public List<string> Asked { get; set; } = [];

        public string Rest { get; set; } = "";
    }
}
