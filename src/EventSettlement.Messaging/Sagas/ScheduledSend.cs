using System.Text;
using EventSettlement.Messaging.Outgoing;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Messaging.Sagas;

/// <summary>A message that leaves when <paramref name="Delay"/> has passed on the database's clock.</summary>
internal sealed record ScheduledSend(Guid Token, TimeSpan Delay, OutgoingMessage Message);

/// <summary>Timers as rows: set, and taken back, in the transaction that wants it so.</summary>
internal static class ScheduledRows
{
    // A redelivery keeps the token of the timer that failed, so the token may stand there already.
    private const string InsertSql = """
        INSERT INTO scheduled_message (token, due_at, topic, msg_key, body, headers)
        SELECT token, clock() + delay, topic, msg_key, body, headers
        FROM unnest($1, $2, $3, $4, $5, $6) AS timer (token, delay, topic, msg_key, body, headers)
        ON CONFLICT (token) DO UPDATE SET due_at = excluded.due_at, headers = excluded.headers
        """;

    private const string CancelSql = "DELETE FROM scheduled_message WHERE token = ANY ($1)";

    public static NpgsqlBatchCommand Insert(IReadOnlyCollection<ScheduledSend> timers) =>
        new(InsertSql)
        {
            Parameters =
            {
                Column(timers, NpgsqlDbType.Uuid, timer => timer.Token),
                Column(timers, NpgsqlDbType.Interval, timer => WholeMilliseconds(timer.Delay)),
                Column(timers, NpgsqlDbType.Text, timer => timer.Message.Topic),
                Column(timers, NpgsqlDbType.Text, timer => Text(timer.Message.Key)),
                Column(timers, NpgsqlDbType.Bytea, timer => timer.Message.Body ?? []),
                Column(timers, NpgsqlDbType.Text, timer => timer.Message.Headers.Text),
            },
        };

    public static NpgsqlBatchCommand Cancel(IReadOnlyCollection<Guid> tokens) =>
        new(CancelSql)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid[]>
                {
                    TypedValue = [.. tokens],
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid,
                },
            },
        };

    private static NpgsqlParameter<T[]> Column<T>(
        IReadOnlyCollection<ScheduledSend> timers,
        NpgsqlDbType type,
        Func<ScheduledSend, T> value
    ) => new() { TypedValue = [.. timers.Select(value)], NpgsqlDbType = NpgsqlDbType.Array | type };

    private static string? Text(byte[]? key) => key is null ? null : Encoding.UTF8.GetString(key);

    // Never early: the delay was measured a moment after it was asked for.
    private static TimeSpan WholeMilliseconds(TimeSpan delay) =>
        TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds));
}
