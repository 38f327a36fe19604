using EventSettlement.Messaging.Outgoing;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Messaging.Sagas;

/// <summary>A message that leaves later, by the database's clock.</summary>
/// <param name="DueAt">UTC, an instant of the database's clock; null where there is a delay.</param>
/// <param name="Delay">From the flush on; null where there is an instant.</param>
internal sealed record ScheduledSend(Guid Token, DateTime? DueAt, TimeSpan? Delay, OutgoingMessage Message);

/// <summary>Timers as rows: set, and taken back, in the transaction that wants it so.</summary>
internal static class ScheduledRows
{
    // A redelivery keeps the token of the timer that failed, so the token may stand there already.
    private const string InsertSql =
        """
        INSERT INTO scheduled_message (token, due_at, topic, msg_key, body, headers)
        SELECT token, coalesce(due_at, clock() + delay), topic, msg_key, body, headers
        FROM unnest($1, $2, $3, $4, $5, $6, $7) AS timer (token, due_at, delay, topic, msg_key, body, headers)
        ON CONFLICT (token) DO UPDATE SET due_at = excluded.due_at, headers = excluded.headers
        """;

    private const string CancelSql = "DELETE FROM scheduled_message WHERE token = ANY ($1)";

    public static NpgsqlBatchCommand Insert(IReadOnlyCollection<ScheduledSend> timers) => new(InsertSql)
    {
        Parameters =
        {
            Column(timers, NpgsqlDbType.Uuid, timer => timer.Token),
            Column(timers, NpgsqlDbType.TimestampTz, timer => timer.DueAt),
            Column(timers, NpgsqlDbType.Interval, timer => WholeMilliseconds(timer.Delay)),
            Column(timers, NpgsqlDbType.Text, timer => timer.Message.Topic),
            Column(timers, NpgsqlDbType.Text, timer => timer.Message.Key),
            Column(timers, NpgsqlDbType.Bytea, timer => timer.Message.Body ?? []),
            Column(timers, NpgsqlDbType.Text, timer => timer.Message.Headers.Text),
        },
    };

    public static NpgsqlBatchCommand Cancel(IReadOnlyCollection<Guid> tokens) => new(CancelSql)
    {
        Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = [.. tokens], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } },
    };

    private static NpgsqlParameter<T[]> Column<T>(
        IReadOnlyCollection<ScheduledSend> timers, NpgsqlDbType type, Func<ScheduledSend, T> value) =>
        new() { TypedValue = [.. timers.Select(value)], NpgsqlDbType = NpgsqlDbType.Array | type };

    // Never early: the delay was measured a moment after it was asked for.
    private static TimeSpan? WholeMilliseconds(TimeSpan? delay) =>
        delay is { } exact ? TimeSpan.FromMilliseconds(Math.Ceiling(exact.TotalMilliseconds)) : null;
}
