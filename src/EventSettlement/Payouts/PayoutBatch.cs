using System.Text.Json;
using EventSettlement.Contracts;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Payouts.Rows;

namespace EventSettlement.Payouts;

/// <summary>A batch's messages; of repeats for a part the newest attempt stands for all.</summary>
internal sealed class PayoutBatch
{
    private readonly Dictionary<(Guid, int), (PayPart Asked, LogRecord Record)> _parts = [];

    public List<(CancelItems Asked, string? Traceparent)> Cancels { get; } = [];

    public List<(LogRecord Record, string Code, string Message)> Unreadable { get; } = [];

    public static PayoutBatch Read(IReadOnlyList<LogRecord> records)
    {
        var batch = new PayoutBatch();
        foreach (var record in records)
            batch.Add(record);
        return batch;
    }

    public PartClaim[] Parts() =>
        _parts.Values.Select(p => new PartClaim(p.Asked, p.Record.Headers["traceparent"])).ToArray();

    public LogRecord RecordOf(PartClaim part) => _parts[(part.Asked.SettlementId, part.Asked.Part)].Record;

    private void Add(LogRecord record)
    {
        try
        {
            if (record.Headers[Topology.MessageType] == nameof(CancelItems))
            {
                var cancel = Topology.Read(record, ContractsJson.Default.CancelItems)!;
                if (!Cancels.Exists(c => c.Asked.CommandId == cancel.CommandId))
                    Cancels.Add((cancel, record.Headers["traceparent"]));
            }
            else if (Topology.Read(record, ContractsJson.Default.PayPart) is { } asked)
            {
                if (
                    !_parts.TryGetValue((asked.SettlementId, asked.Part), out var known)
                    || known.Asked.Attempt < asked.Attempt
                )
                    _parts[(asked.SettlementId, asked.Part)] = (asked, record);
            }
            else
                Unreadable.Add((record, "unknown_type", $"Payouts knows no {record.Headers[Topology.MessageType]}"));
        }
        catch (JsonException e)
        {
            Unreadable.Add((record, "malformed", e.Message));
        }
    }
}
