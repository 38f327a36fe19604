using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace EventSettlement.Faults.World;

/// <summary>Stands before the member service and writes down which keys are asked for, before they arrive.</summary>
internal sealed partial class CallWatch : IDisposable
{
    private const int LongestKey = 64;
    private readonly ConditionalWeakTable<ProxyLink, State> _links = [];
    private readonly StreamWriter _file;
    private readonly TcpProxy _proxy;

    public CallWatch(int target, string folder)
    {
        _file = new StreamWriter(Path.Combine(folder, "calls.jsonl")) { AutoFlush = true };
        _proxy = new TcpProxy(target) { BeforeServer = Note };
    }

    public Uri Url => new($"http://127.0.0.1:{_proxy.Port}");

    public void Dispose()
    {
        _proxy.Dispose();
        lock (_file)
            _file.Dispose();
    }

    private Task<Fate> Note(ProxyLink link, ReadOnlyMemory<byte> piece)
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
                Write(state.Way, keys);
                (state.Way, keys) = (way, []);
            }
            else
                keys.Add(match.Value);
        }

        Write(state.Way, keys);
        state.Rest = text[Math.Max(end, text.Length - LongestKey)..];
        return Task.FromResult(Fate.GoesOn);
    }

    private void Write(string way, List<string> keys)
    {
        if (keys.Count == 0)
            return;
        var line = JsonSerializer.Serialize(new { at = DateTimeOffset.UtcNow, way, keys });
        lock (_file)
            if (_file.BaseStream is { CanWrite: true })
                _file.WriteLine(line);
    }

    [GeneratedRegex(@"POST /v1/point-credits/(?<way>bulk|lookup)|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d+:\d+")]
    private static partial Regex Wanted();

    private sealed class State
    {
        public string Way { get; set; } = "";

        public string Rest { get; set; } = "";
    }
}
