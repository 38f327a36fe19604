using System.Globalization;
using System.Text;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using MassTransit;
using MassTransit.Logging;

namespace EventSettlement.Messaging.Endpoint;

/// <summary>The headers of a message on its way out.</summary>
internal static class WireHeaders
{
    public const string MessageId = "message-id";
    public const string CorrelationId = "correlation-id";
    public const string ConversationId = "conversation-id";
    public const string InitiatorId = "initiator-id";
    public const string Traceparent = "traceparent";

    [ThreadStatic]
    private static StringBuilder? _builder;

    /// <param name="traceparent">Of the message that is being handled, for processes that trace nothing
    /// themselves.</param>
    public static HeaderMap Build(SendContext context, string typeName, string? traceparent)
    {
        var text = (_builder ??= new StringBuilder(512)).Clear();
        text.Append(Topology.MessageType).Append('\t').Append(typeName).Append('\n');
        Append(text, MessageId, context.MessageId);
        Append(text, CorrelationId, context.CorrelationId);
        Append(text, ConversationId, context.ConversationId);
        Append(text, InitiatorId, context.InitiatorId);
        HeaderMap odd = default;
        foreach (var (name, value) in context.Headers.GetAll())
        {
            if (name == DiagnosticHeaders.ActivityId)
                traceparent = value as string ?? traceparent;
            else if (TextOf(value) is not { } plain)
                continue;
            else if (plain.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0)
                text.Append(name).Append('\t').Append(plain).Append('\n');
            else
                odd = odd.With(name, plain);
        }

        if (traceparent is not null)
            text.Append(Traceparent).Append('\t').Append(traceparent).Append('\n');
        return new HeaderMap(text.Append(odd.Text).ToString());
    }

    private static void Append(StringBuilder text, string name, Guid? value)
    {
        if (value is not { } id)
            return;
        Span<char> digits = stackalloc char[36];
        id.TryFormat(digits, out _, "D");
        text.Append(name).Append('\t').Append(digits).Append('\n');
    }

    // Lists (trace baggage) stay behind: a header is one line of text.
    private static string? TextOf(object? value) =>
        value switch
        {
            string text => text,
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            bool flag => flag ? "true" : "false",
            _ => null,
        };
}
