using EventSettlement.KillTarget.Counters;
using EventSettlement.Messaging.Batches;
using MassTransit;
using Npgsql;

namespace EventSettlement.IntegrationTests.Messaging;

public sealed class SagaEndpointTests : IAsyncLifetime
{
    private readonly CounterWorld _world = new();
    private readonly Guid _id = Guid.NewGuid();

    public Task InitializeAsync() => _world.InitializeAsync();

    public Task DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Saga_side_rows_messages_and_offset_are_written_together()
    {
        await _world.Handle(_world.Record(_id, new Bump(_id)), _world.Record(_id, new Bump(_id)));
        await _world.Handle(_world.Record(_id, new Bump(_id)));

        Assert.Equal(
            "3 v2 Counting",
            await _world.One<string>("SELECT count || ' v' || version || ' ' || state FROM counter")
        );
        Assert.Equal(3, await _world.One<long>("SELECT count(*) FROM counter_row"));
        Assert.Equal(
            3,
            await _world.One<long>($"SELECT count(*) FROM outbox WHERE topic = 'bumped' AND msg_key = '{_id}'")
        );
        Assert.Equal(3, await _world.One<long>("SELECT next_offset FROM consumer_offset"));
    }

    [Fact]
    public async Task Failing_record_is_undone_alone_and_parked_with_its_bytes()
    {
        await _world.Handle(
            _world.Record(_id, new Bump(_id)),
            _world.Record(_id, new Bump(_id, "fail")),
            _world.Record(_id, new Bump(_id, "last"))
        );

        Assert.Equal("2 last", await _world.One<string>("SELECT count || ' ' || note FROM counter"));
        Assert.Equal(2, await _world.One<long>("SELECT count(*) FROM counter_row"));
        Assert.Equal(2, await _world.One<long>("SELECT count(*) FROM outbox"));
        Assert.Equal(
            "handler_failed 1",
            await _world.One<string>("SELECT code || ' ' || \"offset\" FROM parked_message")
        );
        Assert.Contains(
            "would not",
            await _world.One<string>("SELECT message FROM parked_message"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\"fail\"",
            await _world.One<string>("SELECT convert_from(body, 'UTF8') FROM parked_message"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Failed_first_message_leaves_no_saga()
    {
        await _world.Handle(_world.Record(_id, new Bump(_id, "fail")));

        Assert.Equal(0, await _world.One<long>("SELECT count(*) FROM counter"));
        Assert.Equal(0, await _world.One<long>("SELECT count(*) FROM outbox"));
    }

    [Theory]
    [InlineData("Bump", "{\"id\":", "malformed")]
    [InlineData("Bump", "null", "malformed")]
    [InlineData("Bump", "", "malformed")]
    [InlineData("Bump", "{\"id\":\"7\"}", "malformed")]
    [InlineData("Nobody", "{}", "unknown_type")]
    [InlineData(null, "{}", "unknown_type")]
    [InlineData("Bumped", "{}", "unknown_type")]
    public async Task Record_that_is_no_message_is_parked_and_the_next_one_counts(
        string? type,
        string body,
        string code
    )
    {
        await _world.Handle(_world.Raw(null, type, body), _world.Record(_id, new Bump(_id)));

        Assert.Equal(code, await _world.One<string>("SELECT code FROM parked_message"));
        Assert.Equal(1, await _world.One<int>("SELECT count FROM counter"));
    }

    [Fact]
    public async Task Pointer_says_which_field_is_wrong()
    {
        await _world.Handle(_world.Raw(null, "Bump", "{\"id\":\"7\"}"));

        Assert.Equal("/id", await _world.One<string>("SELECT pointer FROM parked_message"));
    }

    [Fact]
    public async Task Saga_changed_by_somebody_else_rolls_everything_back()
    {
        await _world.Handle(_world.Record(_id, new Bump(_id)));
        await _world.Execute(
            """
            CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
            CREATE TRIGGER meddle BEFORE UPDATE ON counter FOR EACH ROW EXECUTE FUNCTION meddle();
            """
        );

        await Assert.ThrowsAsync<UnexpectedRowsException>(() => _world.Handle(_world.Record(_id, new Bump(_id))));

        Assert.Equal(1, await _world.One<long>("SELECT count(*) FROM outbox"));
        Assert.Equal(1, await _world.One<long>("SELECT next_offset FROM consumer_offset"));
    }

    [Fact]
    public async Task Former_owner_writes_nothing()
    {
        await _world.Execute("UPDATE consumer_offset SET epoch = 2");

        await Assert.ThrowsAsync<PartitionLostException>(() => _world.Handle(_world.Record(_id, new Bump(_id))));

        Assert.Equal(0, await _world.One<long>("SELECT count(*) FROM counter"));
    }

    [Fact]
    public async Task Text_that_the_database_refuses_fails_the_batch_by_its_state_so_that_halves_can_find_it()
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            _world.Handle(_world.Record(_id, new Bump(_id, "a\0b")))
        );

        Assert.StartsWith("22", refused.SqlState, StringComparison.Ordinal);
        Assert.Equal(0, await _world.One<long>("SELECT next_offset FROM consumer_offset"));
    }

    [Fact]
    public async Task Database_error_while_handling_parks_nothing()
    {
        await _world.Execute("ALTER TABLE counter RENAME TO hidden");

        await Assert.ThrowsAsync<PostgresException>(() => _world.Handle(_world.Record(_id, new Bump(_id))));

        Assert.Equal(0, await _world.One<long>("SELECT count(*) FROM parked_message"));
    }

    [Fact]
    public async Task Retried_attempt_leaves_no_trace_of_the_failed_one()
    {
        await _world.Handle(e => e.UseMessageRetry(r => r.Immediate(2)), _world.Record(_id, new Bump(_id, "once")));

        Assert.Equal(1, await _world.One<int>("SELECT count FROM counter"));
        Assert.Equal(1, await _world.One<long>("SELECT count(*) FROM outbox"));
        Assert.Equal(1, await _world.One<long>("SELECT count(*) FROM counter_row"));
        Assert.Equal(0, await _world.One<long>("SELECT count(*) FROM parked_message"));
    }

    [Fact]
    public async Task Saga_whose_id_is_not_the_key_is_found_all_the_same()
    {
        await _world.Handle(_world.Record(_id, new Bump(_id)));
        await _world.Handle(_world.Record(Guid.NewGuid(), new Bump(_id)));

        Assert.Equal(2, await _world.One<int>("SELECT count FROM counter"));
    }
}
