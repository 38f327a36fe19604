using EventSettlement.Alerts;
using EventSettlement.Contracts;
using EventSettlement.Settlements.Saga;

namespace EventSettlement.Tests.Settlements.Model;

/// <summary>What one batch did to a settlement, and all that was done before.</summary>
internal sealed record Moment(
    Settlement? Before,
    Settlement? After,
    RealBatch Batch,
    Arrival[] Arrivals,
    LifeTotals Life,
    IReadOnlyCollection<Guid> Timers
)
{
    public DateTimeOffset Now => Batch.Now;

    /// <summary>The only message of the batch, so that before and after are before and after it.</summary>
    public object? Only => Arrivals.Length == 1 ? Arrivals[0].Message : null;

    public HistoryRow[] History { get; } = [.. Batch.Session.Rows.OfType<HistoryRow>()];

    public IEnumerable<HistoryRow> Moves => History.Where(h => h.FromState != h.ToState);

    public IEnumerable<CommandAnswer> Answers => Batch.Session.Rows.OfType<CommandAnswer>();

    public IEnumerable<RunProgressed> Progress => Batch.Session.Rows.OfType<RunProgressed>();

    public int Alerts => Batch.Session.Rows.OfType<Alert>().Count(alert => alert.Count > 0);

    public PayPart[] Asked { get; } = [.. Batch.Sent.OfType<PayPart>()];

    public IEnumerable<SettlementEvent> Events => Batch.Sent.OfType<SettlementEvent>();

    public int Starts => Moves.Count(m => m.ToState == "PROCESSING");

    /// <summary>Nothing was written, sent, set or taken back.</summary>
    public bool LeftNoTrace =>
        Batch.Session.Rows.Count == 0
        && Batch.Sent.Length == 0
        && Batch.Session.Scheduled.Count == 0
        && Batch.Session.Cancelled.Count == 0
        && Unchanged;

    public bool Unchanged => Picture(Before) == Picture(After);

    private static string Picture(Settlement? s) =>
        s is null
            ? ""
            : $"{s.State} {s.Attempt} {s.RetriesLeft} {s.Seq} "
                + $"{PartState.Write(s.Parts)} {s.Held} {s.Cancelling} {s.CancelCommand} {s.Due} {s.TimerToken} "
                + $"{s.NextRetryAt:O} {s.NotBefore:O} {s.IncludeRejected}";
}

/// <summary>Sums over a life, reckoned from what left the saga.</summary>
internal sealed class LifeTotals
{
    public Dictionary<string, (int Settlements, long Items, long Amount)> Progress { get; } = [];

    public Dictionary<(int Part, int Attempt), int> Asked { get; } = [];

    public Dictionary<Guid, int> Executed { get; } = [];

    public Dictionary<Guid, int> CancelsAsked { get; } = [];

    public (int Revision, PartCounts Counts)[] Told { get; private set; } = [];

    public int AttemptsOfCycle { get; private set; }

    public int Seq { get; private set; }

    public void Add(Moment moment)
    {
        Seq += moment.History.Length;
        foreach (var move in moment.Moves)
            AttemptsOfCycle =
                move.ToState != "PROCESSING" ? AttemptsOfCycle
                : move.Cause == "retry" ? 1
                : AttemptsOfCycle + 1;
        foreach (var p in moment.Progress)
        {
            var (settlements, items, amount) = Progress.GetValueOrDefault(p.State);
            Progress[p.State] = (settlements + p.Settlements, items + p.Items, amount + p.Amount);
        }

        foreach (var asked in moment.Asked)
            Count(Asked, (asked.Part, asked.Attempt));
        foreach (var answer in moment.Answers.Where(a => a.Code != "not_found"))
            Count(Executed, answer.CommandId);
        foreach (var cancel in moment.Batch.Sent.OfType<CancelItems>())
            Count(CancelsAsked, cancel.CommandId);
        foreach (var arrival in moment.Arrivals)
            Hear(arrival.Message, moment.Batch);
    }

    private void Hear(object message, RealBatch batch)
    {
        if (message is SettlementRequested { Parts: not null } m && Told.Length == 0)
            Told = [.. m.Parts.Select(p => (0, p))];
        else if (message is PartAnswered a)
            Hear(a.Part, a.Revision, a.Counts);
        else if (message is PartCorrected c)
            Hear(c.Part, c.Revision, c.Counts);
        else if (
            message is CancelItemsAnswered { Cancelled: true } done
            && done.Parts.All(Fits)
            && batch.Session.Rows.Any(row => row is CommandAnswer { Code: null } a && a.CommandId == done.CommandId)
        )
            foreach (var part in done.Parts)
                Hear(part.Part, part.Revision, part.Counts);
    }

    private void Hear(int part, int revision, PartCounts counts)
    {
        if (Fits(new PartRevision(part, revision, counts)) && revision > Told[part].Revision)
            Told[part] = (revision, counts);
    }

    private bool Fits(PartRevision told) =>
        told.Part >= 0 && told.Part < Told.Length && told.Counts.Items == Told[told.Part].Counts.Items;

    private static void Count<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull => counts[key] = counts.GetValueOrDefault(key) + 1;
}
