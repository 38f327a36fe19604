using System.Collections.Concurrent;
using System.Text.Json;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;

namespace EventSettlement.Messaging.Endpoint;

/// <summary>From a record to its typed message, or to the reason why it is parked.</summary>
internal sealed class MessageReader(Topology topology)
{
    private readonly ConcurrentDictionary<Topology.Entry, WireType> _types = [];

    public ReadResult Read(LogRecord record)
    {
        var name = RecordHeaders.Find(record.Headers.Text, Topology.MessageType);
        var entry = name is null ? topology.OnlyTypeOf(record.Source.Topic) : topology.EntryNamed(name);
        if (entry is null)
            return ReadResult.Refused(
                "unknown_type",
                null,
                name is null ? "the record names no type" : $"{name} is not known here"
            );
        if (record.Body is null)
            return ReadResult.Refused("malformed", null, "the body is null");
        try
        {
            return JsonSerializer.Deserialize(record.Body, entry.Json) is { } message
                ? new ReadResult(_types.GetOrAdd(entry, WireType.From), message, null, null, null)
                : ReadResult.Refused("malformed", null, "the body is null");
        }
        catch (JsonException e)
        {
            return ReadResult.Refused("malformed", Pointer(e.Path), e.Message);
        }
    }

    // $.parts[0].amount → /parts/0/amount
    private static string? Pointer(string? path) =>
        path is null or "$"
            ? null
            : path[1..]
                .Replace("].", "/", StringComparison.Ordinal)
                .Replace('.', '/')
                .Replace('[', '/')
                .Replace("]", "", StringComparison.Ordinal);

    public sealed record ReadResult(WireType? Type, object? Message, string? Code, string? Pointer, string? Reason)
    {
        public static ReadResult Refused(string code, string? pointer, string reason) =>
            new(null, null, code, pointer, reason);
    }
}
