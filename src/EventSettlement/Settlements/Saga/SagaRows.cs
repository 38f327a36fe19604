namespace EventSettlement.Settlements.Saga;

/// <summary>A row of <c>settlement_history</c>.</summary>
public sealed record HistoryRow(
    Guid SettlementId,
    int Seq,
    string? FromState,
    string ToState,
    string Cause,
    string Actor,
    string? Reason,
    int Attempt,
    DateTimeOffset At
);

/// <summary>What became of a command: DONE without a code, REFUSED with one.</summary>
public sealed record CommandAnswer(
    Guid CommandId,
    Guid SettlementId,
    string Verb,
    string Actor,
    string? Code,
    string? Reason,
    DateTimeOffset At
);

/// <summary>A settlement entered (+1) or left (−1) a state of its run.</summary>
public sealed record RunProgressed(long RunId, int Partition, string State, int Settlements, long Items, long Amount);
