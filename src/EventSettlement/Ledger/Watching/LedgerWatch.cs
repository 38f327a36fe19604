using System.Diagnostics.Metrics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EventSettlement.Alerts;
using EventSettlement.Contracts;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Ledger.Watching;

/// <summary>
/// Compares requests, items, postings and what sagas count, of every settlement that changed. Where they differ, people
/// are told once and the settlement is held, so that nothing more is paid for it; a person releases it.
/// </summary>
public sealed partial class LedgerWatch(
    Database database,
    IOutgoingWriter outgoing,
    Topology topology,
    ILogger<LedgerWatch> log
) : BackgroundService
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

    private const string CommandSql = """
        INSERT INTO command (command_id, settlement_id, verb, arguments, actor, created_at)
        SELECT id, settlement_id, 'hold', '{}', $3, clock() FROM unnest($1, $2) AS found(id, settlement_id)
        ORDER BY id ON CONFLICT (command_id) DO NOTHING RETURNING command_id
        """;

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
        var messages = ids.Length == 0 ? [] : await Compare(transaction, ids, cancel);
        var full = changed.Count == WatchRows.MostChanges;
        await WatchRows.Move(
            transaction,
            full ? changed[^1].At : until,
            full ? changed[^1].SettlementId : WatchPlace.Last,
            cancel
        );
        await transaction.CommitAsync(cancel);
        outgoing.Wake(messages);
        Compared.Add(ids.Length);
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await ServerLoop.Try(Step, Failed, stoppingToken);
    }

    private async Task<OutgoingMessage[]> Compare(NpgsqlTransaction transaction, Guid[] ids, CancellationToken cancel)
    {
        var sums = await WatchRows.Sums(transaction, ids, cancel);
        var wrong = sums.Select(s => (Sums: s, Found: ImbalanceRules.Find(s)))
            .Where(w => w.Found is not null)
            .ToDictionary(w => CommandId(w.Sums, w.Found!), w => (w.Sums, Found: w.Found!));
        var right = sums.Where(s => s.Alerted && ImbalanceRules.Find(s) is null).ToArray();
        var told =
            wrong.Count == 0
                ? []
                : await Command(transaction, wrong.ToDictionary(w => w.Key, w => w.Value.Sums.SettlementId), cancel);
        if (told.Count == 0 && right.Length == 0)
            return [];
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        foreach (var healed in right)
            batch.BatchCommands.Add(AlertRows.Close(Cause(healed.SettlementId)));
        if (told.Count > 0)
            batch.BatchCommands.Add(AlertRows.Upsert(told.Select(id => AlertOf(wrong[id].Sums, wrong[id].Found))));
        await batch.ExecuteNonQueryAsync(cancel);
        OutgoingMessage[] messages = [.. told.Select(id => HoldOf(id, wrong[id].Sums, wrong[id].Found))];
        await outgoing.Write(transaction.Connection!, transaction, messages, cancel);
        foreach (var id in told)
            Differs(wrong[id].Sums.SettlementId, wrong[id].Found.What, wrong[id].Found.Expected, wrong[id].Found.Found);
        return messages;
    }

    /// <summary>
    /// Those that are new: one finding is told and held once, so that a person who knows of it can release.
    /// </summary>
    private static async Task<List<Guid>> Command(
        NpgsqlTransaction transaction,
        Dictionary<Guid, Guid> found,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(CommandSql, transaction.Connection, transaction);
        command.Parameters.Add(new() { Value = found.Keys.ToArray() });
        command.Parameters.Add(new() { Value = found.Values.ToArray() });
        command.Parameters.Add(new() { Value = Actor });
        await using var row = await command.ExecuteReaderAsync(cancel);
        var inserted = new List<Guid>();
        while (await row.ReadAsync(cancel))
            inserted.Add(row.GetGuid(0));
        return inserted;
    }

    private OutgoingMessage HoldOf(Guid command, SettlementSums sums, Imbalance found) =>
        topology.Message(
            sums.SettlementId.ToString("D"),
            new HoldSettlement(sums.SettlementId, command, Actor, Text(found))
        );

    private static Alert AlertOf(SettlementSums sums, Imbalance found) =>
        new(
            Cause(sums.SettlementId),
            Code,
            $"Settlement {sums.SettlementId:D}: {Text(found)}.",
            $"Nothing more is paid for it. Compare settle settlement items and history {sums.SettlementId:D} with settle "
                + "ledger entries; when the books are right again: settle settlement release",
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
