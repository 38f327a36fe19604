using System.Text.Json.Serialization;
using EventSettlement.Messaging.Sagas;
using EventSettlement.Platform;
using MassTransit;
using Npgsql;

namespace EventSettlement.Bench;

/// <summary>The least saga that does what a saga does: its row changes and a message leaves.</summary>
public sealed class BenchSaga : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }
    public long Version { get; set; }
    public string State { get; set; } = "";
    public int Attempt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
}

public sealed record BenchStep(Guid Id, bool History);

public sealed record BenchStepped(Guid Id, int Attempt);

public sealed record BenchHistory(Guid Id, int Seq, string From, string To, DateTimeOffset At);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BenchStep))]
[JsonSerializable(typeof(BenchStepped))]
internal sealed partial class BenchJson : JsonSerializerContext;

public sealed class BenchMachine : MassTransitStateMachine<BenchSaga>
{
    public BenchMachine()
    {
        InstanceState(x => x.State);
        Event(() => Step, e => e.CorrelateById(m => m.Message.Id));
        Initially(When(Step).TransitionTo(Odd));
        During(Odd, When(Step).ThenAsync(c => Go(c, "Even")).TransitionTo(Even));
        During(Even, When(Step).ThenAsync(c => Go(c, "Odd")).TransitionTo(Odd));
    }

    public State Odd { get; } = null!;
    public State Even { get; } = null!;
    public Event<BenchStep> Step { get; } = null!;

    private static Task Go(BehaviorContext<BenchSaga, BenchStep> context, string to)
    {
        var (saga, session) = (context.Saga, BatchSession.Of(context));
        saga.Attempt++;
        saga.UpdatedAt = session.Now;
        if (context.Message.History)
            session.Add(new BenchHistory(saga.CorrelationId, saga.Attempt, saga.State, to, session.Now));
        return context.Publish(new BenchStepped(saga.CorrelationId, saga.Attempt));
    }
}

public sealed class BenchHistoryTable : ISideTable<BenchHistory>
{
    public NpgsqlBatchCommand Write(IReadOnlyList<BenchHistory> rows) =>
        new NpgsqlBatchCommand("INSERT INTO bench_history SELECT * FROM unnest($1, $2, $3, $4, $5)")
            .Uuids(rows, r => r.Id)
            .Integers(rows, r => r.Seq)
            .Texts(rows, r => r.From)
            .Texts(rows, r => r.To)
            .Times(rows, r => r.At);
}

public sealed class BenchMapper : ISagaMapper<BenchSaga>
{
    public const string Tables = """
        CREATE TABLE bench_saga (id uuid PRIMARY KEY, version bigint NOT NULL, state text NOT NULL,
            attempt integer NOT NULL,
            updated_at timestamptz NOT NULL) WITH (fillfactor = 60);
        CREATE TABLE bench_history (id uuid, seq integer, from_state text, to_state text, at timestamptz,
            PRIMARY KEY (id, seq));
        """;

    private const string UpdateSagas = """
        UPDATE bench_saga AS s
        SET version = s.version + 1, state = u.state, attempt = u.attempt, updated_at = u.updated_at
        FROM unnest($1, $2, $3, $4, $5) AS u (id, version, state, attempt, updated_at)
        WHERE s.id = u.id AND s.version = u.version
        """;

    public string SelectSql => "SELECT id, version, state, attempt, updated_at FROM bench_saga WHERE id = ANY ($1)";

    public Guid IdOf(BenchSaga saga) => saga.CorrelationId;

    public BenchSaga Read(NpgsqlDataReader row) =>
        new()
        {
            CorrelationId = row.GetGuid(0),
            Version = row.GetInt64(1),
            State = row.GetString(2),
            Attempt = row.GetInt32(3),
            UpdatedAt = row.GetFieldValue<DateTimeOffset>(4),
        };

    public BenchSaga Copy(BenchSaga saga) =>
        new()
        {
            CorrelationId = saga.CorrelationId,
            Version = saga.Version,
            State = saga.State,
            Attempt = saga.Attempt,
            UpdatedAt = saga.UpdatedAt,
        };

    public void Restore(BenchSaga saga, BenchSaga copy) =>
        (saga.State, saga.Attempt, saga.UpdatedAt) = (copy.State, copy.Attempt, copy.UpdatedAt);

    public void CountVersion(BenchSaga saga) => saga.Version++;

    public NpgsqlBatchCommand Insert(IReadOnlyList<BenchSaga> sagas) =>
        throw new NotSupportedException("The bench's sagas stand there before it starts");

    public NpgsqlBatchCommand Update(IReadOnlyList<BenchSaga> sagas) =>
        new NpgsqlBatchCommand(UpdateSagas)
            .Uuids(sagas, s => s.CorrelationId)
            .Bigints(sagas, s => s.Version)
            .Texts(sagas, s => s.State)
            .Integers(sagas, s => s.Attempt)
            .Times(sagas, s => s.UpdatedAt);
}
