using System.Diagnostics.CodeAnalysis;
using EventSettlement.Messaging.Log;
using MassTransit;
using MassTransit.Logging;
using MassTransit.Transports;

namespace EventSettlement.Messaging.Endpoint;

/// <summary>
/// A record's headers under MassTransit's names. Only <c>MT-</c> headers are listed: whatever is listed would travel
/// on with every message that is sent while handling this one.
/// </summary>
internal sealed class RecordHeaders(string text) : IHeaderProvider
{
    public IEnumerable<KeyValuePair<string, object>> GetAll()
    {
        foreach (var (name, value) in new HeaderMap(text).Bytes())
            if (name.StartsWith("MT-", StringComparison.Ordinal) && name != "MT-Message-Type")
                yield return new(name, System.Text.Encoding.UTF8.GetString(value));
    }

    public bool TryGetHeader(string key, [NotNullWhen(true)] out object? value) =>
        (value = Find(text, WireName(key))) is not null;

    /// <summary>The first value under the name, without a copy of the others.</summary>
    public static string? Find(string text, string name)
    {
        for (var rest = text.AsSpan(); rest.Length > name.Length; )
        {
            var end = rest.IndexOf('\n');
            if (end < 0)
                return null;
            if (end > name.Length && rest[name.Length] == '\t' && rest.StartsWith(name, StringComparison.Ordinal))
                return rest[(name.Length + 1)..end].ToString();
            rest = rest[(end + 1)..];
        }

        return null;
    }

    private static string WireName(string key) =>
        key switch
        {
            MessageHeaders.MessageId => WireHeaders.MessageId,
            MessageHeaders.CorrelationId => WireHeaders.CorrelationId,
            MessageHeaders.ConversationId => WireHeaders.ConversationId,
            MessageHeaders.InitiatorId => WireHeaders.InitiatorId,
            DiagnosticHeaders.ActivityId => WireHeaders.Traceparent,
            _ => key,
        };
}
