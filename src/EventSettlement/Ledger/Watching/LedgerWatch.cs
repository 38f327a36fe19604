using System.Diagnostics.Metrics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EventSettlement.Alerts;
using EventSettlement.Platform;
using EventSettlement.Settlements;
using Npgsql;

namespace EventSettlement.Ledger.Watching;

/// <summary>
/// Compares requests, items, postings and what sagas count, of every settlement that changed. Where they differ, people
/// are told once and the settlement is held, so that nothing more is paid for it; a person releases it.
/// </summary>
public sealed partial class LedgerWatch(Database database, AskSettlement ask, ILogger<LedgerWatch> log)
    : BackgroundService
{
    public const string Code = "ledger_imbalance";
    public const string Actor = "invariant-watch";

    private const int MostAlerts = 100;

    // With a look's most changes a thousand a second: a bulk run is caught up with when it is over.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly Meter Meter = new("EventSettlement.Ledger");
    private static readonly Counter<long> Compared = Meter.CreateCounter<long>(
        "ledger.watch.compared",
        "{settlement}",
        "Settlements whose sums were compared"
    );

    /// <summary>
    /// What was written with an earlier time is committed by then: a transaction that stands still is ended after 5 s.
    /// </summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>One look at what changed.</summary>
    /// <returns>False while another process looks.</returns>
    public async Task<bool> Step(CancellationToken cancel)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await WatchRows.Take(transaction, cancel) is not { } place)
            return false;
        var until = place.Now - Delay;
        var changed = await WatchRows.Changed(transaction, place, until, cancel);
        var alerted = await WatchRows.Alerted(transaction, Code, MostAlerts, cancel);
        Guid[] ids = [.. changed.Select(c => c.SettlementId).Concat(alerted).Distinct()];
        var asked = ids.Length == 0 ? null : await Compare(transaction, ids, cancel);
        var full = changed.Count == WatchRows.MostChanges;
        await WatchRows.Move(
            transaction,
            full ? changed[^1].At : until,
            full ? changed[^1].SettlementId : WatchPlace.Last,
            cancel
        );
        await transaction.CommitAsync(cancel);
        if (asked is not null)
            ask.Wake(asked);
        Compared.Add(ids.Length);
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Compared.Add(0);
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await ServerLoop.Try(Step, Failed, stoppingToken);
    }

    /// <summary>
    /// Tells and holds what is wrong and new: one finding once, so that a person who knows of it can release.
    /// </summary>
    private async Task<AskedCommands> Compare(NpgsqlTransaction transaction, Guid[] ids, CancellationToken cancel)
    {
        var sums = await WatchRows.Sums(transaction, ids, cancel);
        var wrong = sums.Select(s => (Sums: s, Found: ImbalanceRules.Find(s)))
            .Where(w => w.Found is not null)
            .ToDictionary(w => CommandId(w.Sums, w.Found!), w => (w.Sums, Found: w.Found!));
        var right = sums.Where(s => s.Alerted && ImbalanceRules.Find(s) is null).ToArray();
        var asked = await ask.Write(
            transaction,
            [.. wrong.Select(w => HoldOf(w.Key, w.Value.Sums, w.Value.Found))],
            cancel
        );
        if (asked.Ids.Count == 0 && right.Length == 0)
            return asked;
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        foreach (var healed in right)
            batch.BatchCommands.Add(AlertRows.Close(Cause(healed.SettlementId)));
        if (asked.Ids.Count > 0)
            batch.BatchCommands.Add(AlertRows.Upsert(asked.Ids.Select(id => AlertOf(wrong[id].Sums, wrong[id].Found))));
        await batch.ExecuteNonQueryAsync(cancel);
        foreach (var id in asked.Ids)
            Differs(wrong[id].Sums.SettlementId, wrong[id].Found.What, wrong[id].Found.Expected, wrong[id].Found.Found);
        return asked;
    }

    private static SettlementCommand HoldOf(Guid command, SettlementSums sums, Imbalance found) =>
        new(command, sums.SettlementId, SettlementVerb.Hold, Actor, Text(found));

    private static Alert AlertOf(SettlementSums sums, Imbalance found) =>
        new(
            Cause(sums.SettlementId),
            Code,
            $"Settlement {sums.SettlementId:D}: {Text(found)}.",
            $"Nothing more is paid for it. Compare settle settlement items and history {sums.SettlementId:D} with "
                + "settle ledger entries; when the books are right again: settle settlement release",
            Math.Abs(found.Expected - found.Found),
            sums.Currency
        );

    private static string Text(Imbalance found) =>
        string.Create(CultureInfo.InvariantCulture, $"{found.What} is {found.Found}, expected {found.Expected}");

    private static string Cause(Guid id) => $"settlement {id:D} {Code}";

    // A settlement whose saga has not begun refuses a hold, so it is asked anew when it has.
    private static Guid CommandId(SettlementSums sums, Imbalance found) =>
        new(
            SHA256
                .HashData(Encoding.UTF8.GetBytes($"{Actor} {sums.SettlementId:D} {sums.State is null} {Text(found)}"))
                .AsSpan(0, 16),
            bigEndian: true
        );

    [LoggerMessage(Level = LogLevel.Error, Message = "Settlement {Id} is held: {What} is {Found}, expected {Expected}")]
    private partial void Differs(Guid id, string what, long expected, long found);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger could not be looked at; it is tried again")]
    private partial void Failed(Exception wrong);
}
