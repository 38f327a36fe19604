using EventSettlement.Contracts;
using EventSettlement.Messaging.Batches;
using EventSettlement.Payouts.Calls;

namespace EventSettlement.Payouts.Rows;

/// <summary>
/// One part of the batch: what was asked, what the tables say of it, and where its items come to stand.
/// </summary>
internal sealed class PartClaim(PayPart asked, string? traceparent)
{
    public const int MaxItems = 500;

    public PayPart Asked { get; } = asked;

    /// <summary>Of the message that asked; the answer carries it on.</summary>
    public string? Traceparent { get; } = traceparent;

    /// <summary>False where no such part was ever planned.</summary>
    public bool Known { get; set; }

    public int Revision { get; set; }
    public int AnsweredAttempt { get; set; }
    public string? StoredAnswer { get; set; }
    public string Programme { get; set; } = "";
    public string Currency { get; set; } = "";
    public int Items { get; set; }

    public List<PayoutItem> Claimed { get; } = [];

    /// <summary>Counts of the items that this attempt does not touch.</summary>
    public PartTally Rest { get; } = new();

    public bool Open => Known && AnsweredAttempt < Asked.Attempt;

    /// <summary>All that was claimed has come to an end, so the part can be answered.</summary>
    public bool Finished => Claimed.TrueForAll(i => i.Outcome.State is not null);

    /// <exception cref="UnexpectedRowsException">Items are missing from it: an answer that does not tell of all of them
    /// would stand for ever.</exception>
    public PartAnswered Answer(DateTimeOffset now)
    {
        var tally = Rest.Copy();
        TimeSpan? wait = null;
        foreach (var item in Claimed)
        {
            tally.Add(item.Outcome.State!, item.Outcome.NeedsPerson, 1, item.Amount);
            if (item.Outcome.RetryAfter is { } told && (wait is null || told > wait))
                wait = told;
        }

        if (tally.Items != Items)
            throw new UnexpectedRowsException(
                $"the claim of part {Asked.Part} of {Asked.SettlementId:D}",
                Items,
                tally.Items
            );
        return new PartAnswered(
            Asked.SettlementId,
            Asked.Part,
            Asked.Attempt,
            Revision + 1,
            tally.Counts(),
            wait is null ? null : now + wait
        );
    }
}
