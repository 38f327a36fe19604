using EventSettlement.Alerts;
using EventSettlement.Ledger;
using EventSettlement.Platform;
using EventSettlement.Settlements;
using Npgsql;

namespace EventSettlement.Runs.Planning;

/// <summary>What the planner does not plan, and tells people instead.</summary>
internal static class PlanAlerts
{
    private const string DifferentSql = """
        SELECT r.subject, r.amount, planned.amount, r.currency
        FROM unnest($1, $2, $3) AS planned (id, amount, booking) JOIN settlement_request r ON settlement_id = planned.id
        WHERE r.amount <> planned.amount OR r.booking <> planned.booking::jsonb
        """;

    /// <summary>
    /// A settlement that exists is never planned again; where the amount would be another one, people are told.
    /// </summary>
    public static async Task RaiseDifferent(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        RunLease lease,
        List<PlannedSettlement> existing,
        CancellationToken cancel
    )
    {
        var alerts = new List<Alert>();
        await using (var read = new NpgsqlBatch(connection, transaction))
        {
            read.BatchCommands.Add(
                new NpgsqlBatchCommand(DifferentSql)
                    .Uuids(existing, p => p.Id)
                    .Bigints(existing, p => p.Total)
                    .Texts(existing, p => Booking.Write(p.Creation))
            );
            await using var row = await read.ExecuteReaderAsync(cancel);
            while (await row.ReadAsync(cancel))
                alerts.Add(
                    new Alert(
                        Cause(lease, "amount_differs"),
                        "amount_differs",
                        FormattableString.Invariant($"{row.GetString(0)} is settled with {row.GetInt64(1)} ")
                            + FormattableString.Invariant(
                                $"and would be {row.GetInt64(2)} now; it was not planned again"
                            ),
                        "compare `settle settlement explain` with the fact, and correct by hand what is owed; "
                            + "then settle alert close CAUSE --reason …",
                        row.GetInt64(2),
                        row.GetString(3)
                    )
                );
        }

        await Raise(connection, transaction, alerts, cancel);
    }

    /// <summary>An item above 2^53−1 is not planned; its facts stay where they are.</summary>
    public static Task RaiseTooLarge(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        RunLease lease,
        IEnumerable<string> subjects,
        CancellationToken cancel
    ) =>
        Raise(
            connection,
            transaction,
            [
                .. subjects.Select(subject => new Alert(
                    Cause(lease, "amount_too_large"),
                    "amount_too_large",
                    $"{subject} would be owed more than {PlanRules.MostAmount} in one item; it was not planned",
                    "look at its facts: no payment can be as large; then settle alert close CAUSE --reason …"
                )),
            ],
            cancel
        );

    /// <summary>They are planned, and paid when a person releases them.</summary>
    public static Task RaiseAboveCeiling(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        RunLease lease,
        IReadOnlyList<PlannedSettlement> held,
        CancellationToken cancel
    ) =>
        Raise(
            connection,
            transaction,
            [
                .. held.Select(one => new Alert(
                    Cause(lease, PlannedHolds.Code),
                    PlannedHolds.Code,
                    $"{one.Owed.Subject} is held: {one.HoldReason}",
                    $"compare settle settlement explain {one.Id:D} with the fact, then settle settlement release "
                        + $"{one.Id:D} pays it and settle settlement cancel {one.Id:D} --reason … ends it; "
                        + "all that are held: settle settlement list --run "
                        + FormattableString.Invariant($"{lease.Run} --state PENDING"),
                    one.Total,
                    one.Owed.Currency
                )),
            ],
            cancel
        );

    /// <summary>Ids that people take for one another; they are paid as they stand.</summary>
    /// <param name="shown">The first of all that the run has so far.</param>
    /// <param name="more">How many are new.</param>
    public static Task RaiseLookalikes(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        RunLease lease,
        IEnumerable<string> shown,
        int more,
        CancellationToken cancel
    ) =>
        Raise(
            connection,
            transaction,
            [
                new Alert(
                    Cause(lease, "lookalike_ids"),
                    "lookalike_ids",
                    "Ids that differ only in how Unicode writes them, or show nothing, are payees of their own: "
                        + string.Join("; ", shown),
                    "ask who sends the facts whether they are meant; settle settlement items --member ID shows each; "
                        + "then settle alert close CAUSE --reason …",
                    Count: more
                ),
            ],
            cancel
        );

    private static async Task Raise(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        List<Alert> alerts,
        CancellationToken cancel
    )
    {
        if (alerts.Count == 0)
            return;
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands = { AlertRows.Upsert(alerts) },
        };
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private static string Cause(RunLease lease, string code) =>
        FormattableString.Invariant($"run {lease.Run} {lease.Programme} {code}");
}
