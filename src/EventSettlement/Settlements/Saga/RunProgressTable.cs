using EventSettlement.Messaging.Sagas;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Settlements.Saga;

/// <summary>Adds up a flush's moves and adds them to the lane of its partition, which has one writer.</summary>
public sealed class RunProgressTable : ISideTable<RunProgressed>
{
    private const string AddProgress = """
        INSERT INTO run_progress AS p (run_id, lane, state, settlements, items, amount)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6) AS u (run_id, lane, state, settlements, items, amount)
        ORDER BY run_id, lane, state
        ON CONFLICT (run_id, lane, state) DO UPDATE
        SET settlements = p.settlements + excluded.settlements, items = p.items + excluded.items,
            amount = p.amount + excluded.amount
        """;

    public NpgsqlBatchCommand Write(IReadOnlyList<RunProgressed> rows)
    {
        var sums =
            new Dictionary<(long Run, int Partition, string State), (long Settlements, long Items, long Amount)>();
        foreach (var row in rows)
        {
            var key = (row.RunId, row.Partition, row.State);
            var sum = sums.GetValueOrDefault(key);
            sums[key] = (sum.Settlements + row.Settlements, sum.Items + row.Items, sum.Amount + row.Amount);
        }

        var lanes = sums.Where(sum => sum.Value != default).ToList();
        return new NpgsqlBatchCommand(AddProgress)
            .Bigints(lanes, l => l.Key.Run)
            .Texts(lanes, l => $"saga-{l.Key.Partition}")
            .Texts(lanes, l => l.Key.State)
            .Bigints(lanes, l => l.Value.Settlements)
            .Bigints(lanes, l => l.Value.Items)
            .Bigints(lanes, l => l.Value.Amount);
    }
}
