using EventSettlement.KillTarget.Counters;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Sagas;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventSettlement.IntegrationTests.Messaging;

/// <summary>A large batch is written in pieces while it is being handled, and leaves what one flush would.</summary>
public sealed class PiecesTests : IAsyncLifetime
{
    private readonly CounterWorld _world = new();
    private readonly Guid[] _ids = [.. Enumerable.Range(0, 400).Select(_ => Guid.NewGuid())];

    public Task InitializeAsync() => _world.InitializeAsync();

    public Task DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Large_batch_leaves_what_its_records_say_and_every_saga_is_written_once()
    {
        // The first hundred are met in the first piece and again in the last.
        await _world.Handle([.. _ids.Concat(_ids.Take(100)).Select(id => _world.Record(id, new Bump(id)))]);
        await _world.Handle([.. _ids.Select(id => _world.Record(id, new Bump(id)))]);

        Assert.Equal(
            "2 v2: 300, 3 v2: 100",
            await _world.One<string>(
                """
                SELECT string_agg(what || ': ' || sagas, ', ' ORDER BY what)
                FROM (SELECT count || ' v' || version AS what, count(*) AS sagas FROM counter GROUP BY 1) AS c
                """
            )
        );
        Assert.Equal("900 900", await Rows());
        Assert.Equal(900, await _world.One<long>("SELECT next_offset FROM consumer_offset"));
    }

    [Fact]
    public async Task Saga_that_a_record_under_another_key_changes_again_keeps_both_changes()
    {
        var (first, stranger) = (_ids[0], Guid.NewGuid());
        var records = _ids.Select(id => _world.Record(id, new Bump(id))).ToArray();
        records[^1] = _world.Record(stranger, new Bump(first, "again"));

        await _world.Handle(records);

        Assert.Equal(
            "2 again v2",
            await _world.One<string>(
                $"SELECT count || ' ' || note || ' v' || version FROM counter WHERE id = '{first}'"
            )
        );
    }

    [Fact]
    public async Task Messages_leave_in_the_order_of_their_records()
    {
        await _world.Handle([.. _ids.Select(id => _world.Record(id, new Bump(id)))]);

        Assert.Equal(
            string.Join(' ', _ids),
            await _world.One<string>("SELECT string_agg(convert_from(msg_key, 'UTF8'), ' ' ORDER BY id) FROM outbox")
        );
    }

    [Fact]
    public async Task Messages_that_take_locks_are_written_once_and_with_the_last_piece()
    {
        var records = _ids.Select(id => _world.Record(id, new Bump(id))).ToArray();
        var writer = new LockingWriter(_world.Services.GetRequiredService<IOutgoingWriter>());
        var batch = new LaneBatch(
            "saga",
            new Ownership(new("counters", 3), 1, 0, "log"),
            records,
            new BatchTransactions(_world.Hot, writer, _world.Services.GetRequiredService<Wakeup>())
        );

        await new SagaEndpoint<Counter>(_world.Services, "saga", "counters").Consume(batch, CancellationToken.None);

        Assert.Equal([400], writer.Queued.Where(messages => messages > 0));
        Assert.Equal("400 400", await Rows());
    }

    [Fact]
    public async Task Failing_record_of_any_piece_is_parked_alone()
    {
        int[] failing = [3, 200, 399];

        await _world.Handle([
            .. _ids.Select((id, i) => _world.Record(id, new Bump(id, failing.Contains(i) ? "fail" : null))),
        ]);

        Assert.Equal(
            "3 200 399",
            await _world.One<string>("SELECT string_agg(\"offset\"::text, ' ' ORDER BY \"offset\") FROM parked_message")
        );
        Assert.Equal("397 397", await Rows());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(399)]
    public async Task Piece_that_the_database_refuses_leaves_nothing_of_the_others(int at)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            _world.Handle([.. _ids.Select((id, i) => _world.Record(id, new Bump(id, i == at ? "a\0b" : null)))])
        );

        Assert.StartsWith("22", refused.SqlState, StringComparison.Ordinal);
        await NothingIsWritten();
    }

    [Fact]
    public async Task Former_owner_writes_nothing()
    {
        await _world.Execute("UPDATE consumer_offset SET epoch = 2");

        await Assert.ThrowsAsync<PartitionLostException>(() =>
            _world.Handle([.. _ids.Select(id => _world.Record(id, new Bump(id)))])
        );

        await NothingIsWritten();
    }

    [Fact]
    public async Task Only_the_last_piece_says_that_none_follows_and_a_small_batch_is_one_piece()
    {
        Assert.Equal(["more", "more", "more", "last"], await PiecesOf(500));
        Assert.Equal(["more", "last"], await PiecesOf(200));
        Assert.Equal(["last"], await PiecesOf(150));
        Assert.Equal(["last"], await PiecesOf(1));
        Assert.Equal(["last"], await PiecesOf(500, "slow"));
    }

    private Task<string> Rows() =>
        _world.One<string>("SELECT (SELECT count(*) FROM counter_row) || ' ' || (SELECT count(*) FROM outbox)");

    private async Task NothingIsWritten()
    {
        Assert.Equal("0 0", await Rows());
        Assert.Equal(0, await _world.One<long>("SELECT count(*) FROM counter"));
        Assert.Equal(0, await _world.One<long>("SELECT next_offset FROM consumer_offset"));
    }

    private async Task<List<string>> PiecesOf(int records, string? first = null)
    {
        var batch = new PieceList([
            .. Enumerable
                .Range(0, records)
                .Select(_ => Guid.NewGuid())
                .Select((id, i) => _world.Record(id, new Bump(id, i == 0 ? first : null))),
        ]);
        await new SagaEndpoint<Counter>(_world.Services, "saga", "counters").Consume(batch, CancellationToken.None);
        return batch.Pieces;
    }

    /// <summary>An outbox that takes part as the PostgreSQL log does: its rows must come last.</summary>
    private sealed class LockingWriter(IOutgoingWriter outbox) : IOutgoingWriter
    {
        public List<int> Queued { get; } = [];

        public bool MustComeLast => true;

        public ValueTask Queue(NpgsqlBatch batch, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancel)
        {
            Queued.Add(messages.Count);
            return outbox.Queue(batch, messages, cancel);
        }

        public void Wake(IReadOnlyCollection<OutgoingMessage> messages) => outbox.Wake(messages);

        public Task<long> CountWaiting(CancellationToken cancel) => outbox.CountWaiting(cancel);
    }

    /// <summary>Writes nothing down but which pieces it was given.</summary>
    private sealed class PieceList(IReadOnlyList<LogRecord> records) : OwnedBatch
    {
        public List<string> Pieces { get; } = [];

        public override TopicPartition Source => new("counters", 3);

        public override long Epoch => 1;

        public override IReadOnlyList<LogRecord> Records => records;

        public override Task<T> InTransaction<T>(Func<OwnedTransaction, Task<T>> work, CancellationToken cancel) =>
            throw new NotSupportedException();

        public override Task Complete(Func<OwnedTransaction, Task> work, CancellationToken cancel) =>
            throw new NotSupportedException();

        public override async Task Complete(IAsyncEnumerable<QueuedWrites> pieces, CancellationToken cancel)
        {
            await foreach (var piece in pieces.WithCancellation(cancel))
                Pieces.Add(piece.MoreFollows ? "more" : "last");
        }
    }
}
