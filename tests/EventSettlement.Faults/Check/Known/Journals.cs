using System.Globalization;
using System.Text;
using System.Text.Json;
using EventSettlement.Faults.Injection.Outside;

namespace EventSettlement.Faults.Check.Known;

/// <summary>A credit that the member service made: money that has left.</summary>
internal sealed record Credit(
    string Key,
    Guid Settlement,
    int No,
    string Member,
    long Amount,
    string Currency,
    string Transaction,
    DateTime At
)
{
    public override string ToString() =>
        $"{At:HH:mm:ss.ffffff} credit of {Amount} {Currency} to {Member}, key {Key}, {Transaction}";
}

/// <summary>A record that was sent; taken where an answer said so or its effect must be there.</summary>
internal sealed record SentFact(byte[] Body, bool Taken, bool Poison);

/// <summary>A key on its way to the member service, to be credited (<c>bulk</c>) or looked up; or an answer.</summary>
/// <param name="Way">Of a request; empty for an answer.</param>
/// <param name="Answers">The way of the request that is answered; empty for a request.</param>
/// <param name="Wait">Seconds of its Retry-After.</param>
internal sealed record Call(DateTime At, string By, string Way, string Answers, int Status, int? Wait, string Key)
{
    public Guid Settlement => Journals.ItemOf(Key).Settlement;

    public int No => Journals.ItemOf(Key).No;

    public override string ToString() =>
        $"{At:HH:mm:ss.ffffff} {By} " + (Way.Length > 0 ? Way : $"was answered {Status} to {Answers}");
}

/// <summary>Reads what those outside have written down.</summary>
internal static class Journals
{
    public static List<Credit> Credits(string folder)
    {
        var file = Path.Combine(folder, "credits.jsonl");
        return !File.Exists(file) ? [] : [.. Lines(file).Select(Read)];
    }

    public static List<SentFact> Facts(string folder)
    {
        var sent = new Dictionary<int, (string Way, List<byte[]> Bodies)>();
        var taken = new HashSet<int>();
        foreach (var line in Lines(Path.Combine(folder, "facts.jsonl")))
        {
            var batch = line.GetProperty("batch").GetInt32();
            if (line.TryGetProperty("bodies", out var bodies))
            {
                var way = line.GetProperty("way").GetString()!;
                sent[batch] = (
                    way,
                    [
                        .. bodies
                            .EnumerateArray()
                            .Select(b =>
                                way == "http"
                                    ? Encoding.UTF8.GetBytes(b.GetString()!)
                                    : Convert.FromBase64String(b.GetString()!)
                            ),
                    ]
                );
            }
            else if (line.GetProperty("status").GetInt32() == 202)
                taken.Add(batch);
        }

        return
        [
            .. sent.SelectMany(s =>
                s.Value.Bodies.Select(b => new SentFact(b, taken.Contains(s.Key), s.Value.Way == "poison"))
            ),
        ];
    }

    /// <summary>Bodies of view logs; a batch that nobody took is a surprise of its own.</summary>
    public static List<string> Views(string folder) =>
        [
            .. Lines(Path.Combine(folder, Load.ViewProducer.Journal))
                .Where(line => line.TryGetProperty("bodies", out _))
                .SelectMany(line => line.GetProperty("bodies").EnumerateArray().Select(body => body.GetString()!)),
        ];

    public static List<Call> Calls(string folder) =>
        [
            .. Lines(Path.Combine(folder, "calls.jsonl"))
                .SelectMany(l =>
                    l.GetProperty("keys")
                        .EnumerateArray()
                        .Select(key => new Call(
                            l.GetProperty("at").GetDateTimeOffset().UtcDateTime,
                            l.GetProperty("by").GetString()!,
                            l.GetProperty("way").GetString()!,
                            l.GetProperty("answers").GetString()!,
                            l.GetProperty("status").GetInt32(),
                            l.GetProperty("wait") is { ValueKind: JsonValueKind.Number } wait ? wait.GetInt32() : null,
                            key.GetString()!
                        ))
                ),
        ];

    /// <summary>Of a key; an empty settlement where it is none of ours.</summary>
    public static (Guid Settlement, int No) ItemOf(string key)
    {
        var (dash, colon) = (key.LastIndexOf('-'), key.LastIndexOf(':'));
        return
            dash > 0
            && colon > dash
            && Guid.TryParse(key.AsSpan(0, dash), out var settlement)
            && int.TryParse(key.AsSpan(dash + 1, colon - dash - 1), CultureInfo.InvariantCulture, out var no)
            ? (settlement, no)
            : default;
    }

    private static Credit Read(JsonElement line)
    {
        var key = line.GetProperty("key").GetString()!;
        var (settlement, no) = ItemOf(key);
        return new Credit(
            key,
            settlement,
            no,
            line.GetProperty("memberId").GetString()!,
            line.GetProperty("amount").GetInt64(),
            line.GetProperty("currency").GetString()!,
            line.GetProperty("transactionId").GetString()!,
            line.GetProperty("at").GetDateTimeOffset().UtcDateTime
        );
    }

    /// <summary>Whole lines; the last one may be torn while the writer is at work.</summary>
    private static IEnumerable<JsonElement> Lines(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (line.Length > 0 && line[^1] == '}')
                yield return JsonDocument.Parse(line).RootElement;
    }
}
