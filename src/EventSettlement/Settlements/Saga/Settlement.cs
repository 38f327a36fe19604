using EventSettlement.Contracts;
using MassTransit;

namespace EventSettlement.Settlements.Saga;

/// <summary>
/// How far one settlement is: the saga, and a row of the table <c>settlement</c>. What is owed stands elsewhere and
/// never changes. Arrays are replaced, never written into, so that a shallow copy is a copy.
/// </summary>
public sealed class Settlement : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }
    public long Version { get; set; }
    public string State { get; set; } = "";
    public string Programme { get; set; } = "";
    public string Subject { get; set; } = "";
    public string Period { get; set; } = "";
    public long RunId { get; set; }
    public string Downstream { get; set; } = "";
    public string Currency { get; set; } = "";
    public PartState[] Parts { get; set; } = [];

    /// <summary>Counts from 1 and never back; carried by every PayPart and its answer.</summary>
    public int Attempt { get; set; }
    public int RetriesLeft { get; set; }

    /// <summary>Of this attempt only: an automatic retry never asks for rejected items again.</summary>
    public bool IncludeRejected { get; set; }
    public bool Held { get; set; }
    public bool Cancelling { get; set; }
    public Guid? CancelCommand { get; set; }

    /// <summary>The timer came while nothing might start; it is repeated when that ends.</summary>
    public bool Due { get; set; }
    public DateTimeOffset PayableAt { get; set; }
    public DateTimeOffset? NextRetryAt { get; set; }
    public DateTimeOffset? NotBefore { get; set; }
    public Guid? TimerToken { get; set; }
    public int Seq { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>
    /// Read from the command rows with the saga: a command that has its answer is never executed again.
    /// </summary>
    public Guid[] AnsweredCommands { get; set; } = [];

    public long Amount => Total(c => c.Amount);
    public long PaidAmount => Total(c => c.PaidAmount);
    public int Items => Count(c => c.Items);
    public int Paid => Count(c => c.Paid);
    public int Failed => Count(c => c.Failed);
    public int Rejected => Count(c => c.Rejected);
    public int InDoubt => Count(c => c.InDoubt);
    public int WrittenOff => Count(c => c.WrittenOff);
    public int NeedsPerson => Count(c => c.NeedsPerson);

    public int Count(Func<PartCounts, int> of)
    {
        var sum = 0;
        foreach (var part in Parts)
            sum += of(part.Counts);
        return sum;
    }

    public Settlement Copy() => (Settlement)MemberwiseClone();

    public void CopyFrom(Settlement other)
    {
        (CorrelationId, Version, State) = (other.CorrelationId, other.Version, other.State);
        (Programme, Subject, Period) = (other.Programme, other.Subject, other.Period);
        (RunId, Downstream, Currency, Parts) = (other.RunId, other.Downstream, other.Currency, other.Parts);
        (Attempt, RetriesLeft, IncludeRejected) = (other.Attempt, other.RetriesLeft, other.IncludeRejected);
        (Held, Cancelling, CancelCommand, Due) = (other.Held, other.Cancelling, other.CancelCommand, other.Due);
        (PayableAt, NextRetryAt, NotBefore) = (other.PayableAt, other.NextRetryAt, other.NotBefore);
        (TimerToken, Seq, AnsweredCommands) = (other.TimerToken, other.Seq, other.AnsweredCommands);
        (CreatedAt, UpdatedAt) = (other.CreatedAt, other.UpdatedAt);
    }

    private long Total(Func<PartCounts, long> of)
    {
        var sum = 0L;
        foreach (var part in Parts)
            sum += of(part.Counts);
        return sum;
    }
}
