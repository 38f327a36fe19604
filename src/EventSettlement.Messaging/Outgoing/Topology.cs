using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EventSettlement.Messaging.Log;

namespace EventSettlement.Messaging.Outgoing;

/// <summary>
/// Which type travels under which name on which topic, and how it is written. Addresses live only here.
/// </summary>
public sealed class Topology
{
    public const string MessageType = "MT-Message-Type";
    private readonly Dictionary<Type, Entry> _byType = [];
    private readonly Dictionary<string, Entry> _byName = [];

    /// <param name="topic">Null for a type whose topic is named at sending (one topic a downstream).</param>
    public Topology Map<T>(string? topic, JsonTypeInfo<T> json)
        where T : class
    {
        var entry = new Entry(typeof(T), typeof(T).Name, topic, json);
        _byType.Add(typeof(T), entry);
        _byName.Add(entry.Name, entry);
        return this;
    }

    public Entry EntryFor(Type type) =>
        _byType.TryGetValue(type, out var entry)
            ? entry
            : throw new InvalidOperationException($"{type.Name} has no topic; map it in the topology");

    /// <summary>The only type that is written to the topic: there a record needs no type header.</summary>
    public Entry? OnlyTypeOf(string topic)
    {
        Entry? only = null;
        foreach (var entry in _byType.Values)
            if (entry.Topic == topic)
            {
                if (only is not null)
                    return null;
                only = entry;
            }

        return only;
    }

    public Entry? EntryNamed(string name) => _byName.GetValueOrDefault(name);

    public IEnumerable<Entry> Entries => _byType.Values;

    /// <summary>The wire form of a message sent from outside a consumer (API, planner, resolver).</summary>
    /// <param name="traceparent">Of what it goes on with; else of what is under way.</param>
    public OutgoingMessage Message<T>(string? key, T message, string? topic = null, string? traceparent = null)
        where T : class
    {
        var entry = EntryFor(typeof(T));
        var headers = HeaderMap
            .Empty.With(MessageType, entry.Name)
            .With("message-id", Guid.CreateVersion7().ToString("D"));
        if ((traceparent ?? Activity.Current?.Id) is { } trace)
            headers = headers.With("traceparent", trace);
        return new OutgoingMessage(
            topic ?? entry.Topic ?? throw new InvalidOperationException($"{entry.Name} needs a topic"),
            key,
            JsonSerializer.SerializeToUtf8Bytes(message, (JsonTypeInfo<T>)entry.Json),
            headers
        );
    }

    /// <summary>The message of this type in the record, or null when the record names another type.</summary>
    /// <exception cref="JsonException">The body is not the type it names.</exception>
    public static T? Read<T>(LogRecord record, JsonTypeInfo<T> json)
        where T : class =>
        record.Headers[MessageType] is { } name && name != typeof(T).Name
            ? null
            : JsonSerializer.Deserialize(record.Body, json) ?? throw new JsonException("null body");

    /// <summary>One mapped type.</summary>
    public sealed record Entry(Type Type, string Name, string? Topic, JsonTypeInfo Json);
}
