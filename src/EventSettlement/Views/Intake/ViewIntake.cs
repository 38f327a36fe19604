using System.Collections.Concurrent;
using EventSettlement.Facts;
using EventSettlement.Messaging;
using EventSettlement.Messaging.Bulk;
using EventSettlement.Platform;
using EventSettlement.Views.Seen;

namespace EventSettlement.Views.Intake;

/// <summary>Counts each completed view once, and sums by content, ad and day; what is no view is parked.</summary>
public sealed class ViewIntake(Database database, SeenBuckets seen, ViewRules rules) : IBulkConsumer
{
    public const string Group = "view-intake";

    // No bag: its threads would hold what is in it when nobody else does.
    private readonly ConcurrentStack<ViewBatch> _free = [];
    private readonly ViewWriter _writer = new(seen, rules);
    private volatile ViewClock? _clock;

    public ViewRules Rules => rules;

    public IBulkBatch Begin()
    {
        _clock ??= ViewClock.Of(ReadClock());
        return (_free.TryPop(out var free) ? free : new ViewBatch(this)).Begin(_clock);
    }

    internal Task Prepare(ViewBatch batch, CancellationToken cancel) =>
        seen.Load(
            ViewWriter.BucketsOf(batch).Distinct(),
            ViewDays.Of(ViewDays.At(batch.Clock.Now)),
            rules.KnownDays,
            cancel
        );

    internal async Task Write(ViewBatch batch, BulkTransaction transaction, CancellationToken cancel)
    {
        await using var ask = transaction.Command("SELECT clock()");
        var clock = (DateTime)(await ask.ExecuteScalarAsync(cancel))!;
        var folded = batch.Clock.Holds(clock, batch.Age);
        _clock = ViewClock.Of(clock);
        if (!folded)
            throw new ClockMovedException();
        foreach (var (place, record) in batch.Whole)
        {
            var now = FactBody.Now(record.AppendedAt, clock);
            var problems = ViewFactDecoder.Decode(record.Body, now, out var fact);
            if (fact is null)
                transaction.Park(record, problems);
            else if (fact.ViewedAt < now - rules.Window)
                transaction.Park(record, [TooLate]);
            else if (fact.Completed)
                batch.Place(place, record, fact);
            else
                batch.CountsOf(record.Source.Partition).Incomplete++;
        }

        await _writer.Write(batch, transaction, clock, cancel);
        CrashPoint.Hit(SettlementCrashPoints.ViewsSummed);
    }

    internal void End(ViewBatch batch, bool wasWritten, bool isCommitted)
    {
        if (isCommitted)
            seen.Committed();
        else if (wasWritten)
            seen.Abandon();
        _free.Push(batch);
    }

    private FactProblem TooLate =>
        new(
            FactCodes.TooLate,
            "/viewedAt",
            $"a view is taken until {rules.Window.TotalDays:0.##} days after it was watched (Views:Window)"
        );

    private DateTime ReadClock()
    {
        using var ask = database.Hot.CreateCommand("SELECT clock()");
        return (DateTime)ask.ExecuteScalar()!;
    }
}
