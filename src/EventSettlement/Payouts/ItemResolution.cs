using EventSettlement.Ledger;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Payouts.Rows;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using Npgsql;

namespace EventSettlement.Payouts;

/// <summary>
/// Ends by hand what no machine can: an item that a person knows to be paid, or that nobody will pay.
/// </summary>
public sealed class ItemResolution
{
    private const string StandingSql = $"""
        SELECT i.state, i.amount, i.needs_person, clock() + ($3 - doubt.age), doubt.age >= $3, r.programme, r.currency,
            coalesce(s.state, 'PENDING'), r.downstream
        FROM settlement_item i CROSS JOIN LATERAL (SELECT {ClockWatch.DoubtAge} AS age) doubt
        JOIN settlement_request r ON r.settlement_id = i.settlement_id
        LEFT JOIN settlement s ON s.settlement_id = i.settlement_id
        WHERE i.settlement_id = $1 AND i.no = $2 FOR UPDATE OF i
        """;

    private const string ChangeSql = """
        UPDATE settlement_item SET state = $3, transaction_id = coalesce($4, transaction_id), needs_person = false,
            doubt_at = NULL, error_code = CASE WHEN $3 = 'PAID' THEN $6 ELSE error_code END, error_message = $5,
            paid_at = CASE WHEN $3 = 'PAID' THEN clock() END
        WHERE settlement_id = $1 AND no = $2
        """;

    private readonly Database _database;
    private readonly Topology _topology;
    private readonly IOutgoingWriter _outgoing;
    private readonly PayoutLimits _limits;

    private readonly ProgrammeList _programmes;

    internal ItemResolution(
        Database database,
        ProgrammeList programmes,
        Topology topology,
        IOutgoingWriter outgoing,
        PayoutLimits limits
    ) => (_database, _programmes, _topology, _outgoing, _limits) = (database, programmes, topology, outgoing, limits);

    /// <summary>Code of an item that a person took for paid; its message says who, and how that was known.</summary>
    public const string ByHand = "paid_by_hand";

    /// <summary>A person has seen the downstream's transaction.</summary>
    /// <param name="reason">How it is known.</param>
    /// <param name="note">Writes the audit row in the same transaction.</param>
    public Task<Resolution> MarkPaid(
        Guid settlementId,
        int no,
        string transactionId,
        string reason,
        string actor,
        CancellationToken cancel = default,
        Func<NpgsqlTransaction, Task>? note = null
    ) => Change(settlementId, no, transactionId, $"{actor}: {reason}", actor, note, cancel);

    /// <summary>It will not be paid: the amount goes back to where the programme took it from.</summary>
    /// <param name="note">Writes the audit row in the same transaction.</param>
    public Task<Resolution> WriteOff(
        Guid settlementId,
        int no,
        string reason,
        string actor,
        CancellationToken cancel = default,
        Func<NpgsqlTransaction, Task>? note = null
    ) => Change(settlementId, no, null, reason, actor, note, cancel);

    private async Task<Resolution> Change(
        Guid settlementId,
        int no,
        string? transactionId,
        string? reason,
        string actor,
        Func<NpgsqlTransaction, Task>? note,
        CancellationToken cancel
    )
    {
        await using var connection = await _database.Hot.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var part = (no - 1) / PartClaim.MaxItems;
        var revisions = await CorrectionRows.Hold(connection, transaction, [(settlementId, part)], cancel);
        var item = await Load(connection, transaction, settlementId, no, cancel);
        if (item is null)
            return Resolution.Unknown;
        if ((transactionId is null ? ResolutionRules.WriteOff(item) : ResolutionRules.Paid(item)) is { } refusal)
            return refusal;
        var state = transactionId is null ? ItemStates.WrittenOff : ItemStates.Paid;
        await using (var change = new NpgsqlCommand(ChangeSql, connection, transaction))
        {
            change.Parameters.AddRange(
                new[] { Id(settlementId), No(no), Text(state), Text(transactionId), Text(reason), Text(ByHand) }
            );
            await change.ExecuteNonQueryAsync(cancel);
        }

        await DoubtRows.Drop(connection, transaction, [(settlementId, no)], cancel);
        await Postings.Insert(
            connection,
            transaction,
            [
                transactionId is null
                    ? PaymentPostings.WriteOff(settlementId, no, item.Accounts, SourceOf(item), item.Amount)
                    : PaymentPostings.LatePayment(settlementId, no, item.Accounts, item.Amount),
            ],
            cancel
        );
        var cause = transactionId is null ? "written-off" : "resolved-paid";
        var messages = (await CorrectionRows.Corrections(connection, transaction, revisions, cause, actor, cancel))
            .Select(c => _topology.Message(c.SettlementId.ToString("D"), c))
            .ToArray();
        await _outgoing.Write(connection, transaction, messages, cancel);
        if (note is not null)
            await note(transaction);
        await transaction.CommitAsync(cancel);
        _outgoing.Wake(messages);
        return Resolution.Done;
    }

    private async Task<StandingItem?> Load(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        Guid settlementId,
        int no,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(StandingSql, connection, transaction);
        command.Parameters.AddRange(
            new[]
            {
                Id(settlementId),
                No(no),
                new NpgsqlParameter<TimeSpan> { TypedValue = _limits.CancelQuietPeriod },
            }
        );
        await using var row = await command.ExecuteReaderAsync(cancel);
        return !await row.ReadAsync(cancel)
            ? null
            : new StandingItem(
                row.GetString(0),
                row.GetInt64(1),
                row.GetBoolean(2),
                row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3),
                !row.IsDBNull(4) && row.GetBoolean(4),
                new PaymentAccounts(row.GetString(5), row.GetString(8), row.GetString(6)),
                row.GetString(7)
            );
    }

    private string SourceOf(StandingItem item) => _programmes.Of(item.Accounts.Programme).Terms.SourceAccount;

    private static NpgsqlParameter Id(Guid id) => new NpgsqlParameter<Guid> { TypedValue = id };

    private static NpgsqlParameter No(int no) => new NpgsqlParameter<int> { TypedValue = no };

    private static NpgsqlParameter Text(string? text) =>
        new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };
}
