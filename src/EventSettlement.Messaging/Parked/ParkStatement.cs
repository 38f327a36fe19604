using System.Text;
using EventSettlement.Messaging.Batches;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Messaging.Parked;

/// <summary>Keeps records that could not be handled, in the transaction that moves past them.</summary>
internal static class ParkStatement
{
    private const int LongestMessage = 2000;

    private const string Park = """
        INSERT INTO parked_message AS p (group_id, topic, partition, "offset", msg_key, headers, body, code, pointer,
            message,
            fingerprint, first_seen, last_seen)
        SELECT $1, w.topic, w.partition, w."offset", w.msg_key, w.headers, w.body, w.code, w.pointer, w.message,
            md5(w.topic || ' ' || w.code || ' ' || coalesce(w.pointer, '')), c.now, c.now
        FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10)
                AS w(topic, partition, "offset", msg_key, headers, body, code, pointer, message),
            (SELECT clock() AS now) c
        ON CONFLICT (group_id, topic, partition, "offset") DO UPDATE SET last_seen = excluded.last_seen,
            seen = p.seen + 1
        """;

    public static NpgsqlBatchCommand For(string group, IReadOnlyList<ParkedRecord> parked)
    {
        // One row a record: a record parked twice in a batch keeps its first reason.
        var rows = parked.DistinctBy(one => (one.Record.Source, one.Record.Offset)).ToArray();
        var command = new NpgsqlBatchCommand(Park);
        command.Parameters.Add(new() { Value = group });
        Array(rows.Select(one => one.Record.Source.Topic).ToArray(), NpgsqlDbType.Text);
        Array(rows.Select(one => one.Record.Source.Partition).ToArray(), NpgsqlDbType.Integer);
        Array(rows.Select(one => one.Record.Offset).ToArray(), NpgsqlDbType.Bigint);
        Array(rows.Select(one => one.Record.Key).ToArray(), NpgsqlDbType.Bytea);
        Array(rows.Select(one => one.Record.Headers.Text).ToArray(), NpgsqlDbType.Text);
        Array(rows.Select(one => one.Record.Body).ToArray(), NpgsqlDbType.Bytea);
        Array(rows.Select(one => one.Code).ToArray(), NpgsqlDbType.Text);
        Array(rows.Select(one => Clean(one.Pointer)).ToArray(), NpgsqlDbType.Text);
        Array(rows.Select(one => Clean(one.Message)).ToArray(), NpgsqlDbType.Text);
        return command;

        void Array<T>(T[] values, NpgsqlDbType type) =>
            command.Parameters.Add(new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    /// <summary>
    /// A reason may quote the poison: text that PostgreSQL would refuse must not keep it from being parked.
    /// </summary>
    private static string? Clean(string? text)
    {
        if (text is null)
            return null;
        var end = Math.Min(text.Length, LongestMessage);
        // Not between the two halves of one character.
        if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
            end--;
        var kept = new StringBuilder(end);
        foreach (var one in text.AsSpan(0, end).EnumerateRunes())
            kept.Append(one.Value == 0 ? "\ufffd" : one.ToString());
        return kept.ToString();
    }
}
