using System.Text.Json.Serialization;

namespace EventSettlement.Contracts;

/// <summary>Body of every event on <c>settlement-events</c>; its type stands in the header <c>ce_type</c>.</summary>
/// <param name="Seq">Place in the settlement's history; <c>ce_id</c> is <c>id + "-" + seq</c>.</param>
public sealed record SettlementEvent(
    Guid Id,
    string Programme,
    string Subject,
    string Period,
    string State,
    string Currency,
    long Amount,
    long PaidAmount,
    int Attempt,
    [property: JsonPropertyName("next_retry_at")] DateTimeOffset? NextRetryAt,
    int Seq
);

/// <summary>Values of <c>ce_type</c>.</summary>
public static class SettlementEventTypes
{
    public const string Requested = "settlement.requested";
    public const string Processing = "settlement.processing";
    public const string RetryScheduled = "settlement.retry-scheduled";
    public const string Completed = "settlement.completed";
    public const string Failed = "settlement.failed";
    public const string Cancelled = "settlement.cancelled";
}
