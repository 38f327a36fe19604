using EventSettlement.Messaging.Sagas;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.KillTarget.Counters;

public sealed class CounterMapper : ISagaMapper<Counter>
{
    public const string Tables = """
        CREATE TABLE counter (id uuid PRIMARY KEY, version int NOT NULL, state text NOT NULL, count int NOT NULL,
            note text, timer uuid);
        CREATE TABLE counter_row (id uuid NOT NULL, count int NOT NULL);
        """;

    public string SelectSql => "SELECT id, version, state, count, note, timer FROM counter WHERE id = ANY ($1)";

    public Guid IdOf(Counter saga) => saga.CorrelationId;

    public Counter Read(NpgsqlDataReader row) =>
        new()
        {
            CorrelationId = row.GetGuid(0),
            Version = row.GetInt32(1),
            State = row.GetString(2),
            Count = row.GetInt32(3),
            Note = row.IsDBNull(4) ? null : row.GetString(4),
            Timer = row.IsDBNull(5) ? null : row.GetGuid(5),
        };

    public Counter Copy(Counter saga) =>
        new()
        {
            CorrelationId = saga.CorrelationId,
            Version = saga.Version,
            State = saga.State,
            Count = saga.Count,
            Note = saga.Note,
            Timer = saga.Timer,
        };

    public void Restore(Counter saga, Counter copy) =>
        (saga.State, saga.Count, saga.Note, saga.Timer) = (copy.State, copy.Count, copy.Note, copy.Timer);

    public void CountVersion(Counter saga) => saga.Version++;

    public NpgsqlBatchCommand Insert(IReadOnlyList<Counter> sagas) =>
        With(
            """
            INSERT INTO counter (id, version, state, count, note, timer)
            SELECT id, 1, state, count, note, timer
            FROM unnest($1, $2, $3, $4, $5, $6) AS c (id, version, state, count, note, timer)
            ON CONFLICT DO NOTHING
            """,
            sagas
        );

    public NpgsqlBatchCommand Update(IReadOnlyList<Counter> sagas) =>
        With(
            """
            UPDATE counter AS t SET version = t.version + 1, state = c.state, count = c.count, note = c.note,
                timer = c.timer
            FROM unnest($1, $2, $3, $4, $5, $6) AS c (id, version, state, count, note, timer)
            WHERE t.id = c.id AND t.version = c.version
            """,
            sagas
        );

    private static NpgsqlBatchCommand With(string sql, IReadOnlyList<Counter> sagas)
    {
        var command = new NpgsqlBatchCommand(sql);
        Column(NpgsqlDbType.Uuid, s => s.CorrelationId);
        Column(NpgsqlDbType.Integer, s => s.Version);
        Column(NpgsqlDbType.Text, s => s.State);
        Column(NpgsqlDbType.Integer, s => s.Count);
        Column(NpgsqlDbType.Text, s => s.Note);
        Column(NpgsqlDbType.Uuid, s => s.Timer);
        return command;

        void Column<T>(NpgsqlDbType type, Func<Counter, T> value) =>
            command.Parameters.Add(
                new NpgsqlParameter<T[]>
                {
                    TypedValue = [.. sagas.Select(value)],
                    NpgsqlDbType = NpgsqlDbType.Array | type,
                }
            );
    }
}

public sealed class CounterRows : ISideTable<CounterRow>
{
    public NpgsqlBatchCommand Write(IReadOnlyList<CounterRow> rows) =>
        new("INSERT INTO counter_row SELECT * FROM unnest($1, $2)")
        {
            Parameters =
            {
                new()
                {
                    Value = rows.Select(r => r.Id).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid,
                },
                new()
                {
                    Value = rows.Select(r => r.Count).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer,
                },
            },
        };
}
