using EventSettlement.KillTarget.Counters;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Settlements.Saga;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventSettlement.IntegrationTests.Messaging;

/// <summary>What went wrong silently before it was understood; the numbers are those of the design.</summary>
public sealed class PitfallTests : IAsyncLifetime
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly CounterWorld _world = new();
    private readonly Guid _id = Guid.NewGuid();

    public Task InitializeAsync() => _world.InitializeAsync();

    public Task DisposeAsync() => _world.DisposeAsync();

    // P3
    [Fact]
    public async Task Two_messages_of_a_batch_each_publish_in_their_own_conversation()
    {
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());

        await _world.Handle(
            _world.Record(_id, new Bump(_id, "scoped"), ("conversation-id", first.ToString())),
            _world.Record(_id, new Bump(_id, "scoped"), ("conversation-id", second.ToString()))
        );

        Assert.Equal(
            $"{first} {second}",
            await _world.One<string>(
                "SELECT string_agg(substring(headers FROM 'conversation-id\t([^\n]+)'), ' ' ORDER BY id) FROM outbox"
            )
        );
        Assert.Equal(
            2,
            await _world.One<long>($"SELECT count(*) FROM outbox WHERE headers LIKE '%initiator-id\t{_id}%'")
        );
    }

    // P5
    [Fact]
    public async Task Body_of_another_type_is_not_taken_for_mine_because_it_would_fit()
    {
        await _world.Handle(_world.Record(_id, new Bumped(_id, 7)));

        Assert.Equal("unknown_type", await _world.One<string>("SELECT code FROM parked_message"));
        Assert.Equal(0, await _world.One<long>("SELECT count(*) FROM counter"));
    }

    // P6
    [Theory]
    [InlineData("tenant", "stale")]
    [InlineData("content-type", "text/stale")]
    [InlineData("message-id", "5ca1ab1e-0000-4000-8000-000000000000")]
    public async Task Header_of_the_sender_does_not_travel_on(string name, string value)
    {
        await _world.Handle(_world.Record(_id, new Bump(_id), (name, value)));

        var headers = await _world.One<string>("SELECT headers FROM outbox");
        Assert.Contains("MT-Message-Type\tBumped\n", headers, StringComparison.Ordinal);
        Assert.DoesNotContain(value, headers, StringComparison.Ordinal);
    }

    // P7
    [Fact]
    public async Task Body_is_the_messages_compact_json_and_nothing_else()
    {
        await _world.Handle(_world.Record(_id, new Bump(_id)));

        Assert.Equal(
            $$"""{"id":"{{_id}}","count":1}""",
            await _world.One<string>("SELECT convert_from(body, 'UTF8') FROM outbox")
        );
        Assert.DoesNotContain(
            "MT-Host",
            await _world.One<string>("SELECT headers FROM outbox"),
            StringComparison.Ordinal
        );
    }

    // P8
    [Fact]
    public async Task Start_is_refused_where_the_planner_is_not_pinned()
    {
        await using var unpinned = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(_world.ConnectionString) { Options = null }
        );
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(unpinned)
            .AddMessaging(new MessagingOptions(), messaging => messaging.Topic("anything"))
            .BuildServiceProvider();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            services.GetRequiredService<MessagingHost>().StartAsync(CancellationToken.None)
        );

        Assert.Contains("enable_seqscan=off", refused.Message, StringComparison.Ordinal);
    }

    // P8
    [Theory]
    [InlineData("enable_seqscan", "off")]
    [InlineData("enable_hashjoin", "off")]
    [InlineData("enable_mergejoin", "off")]
    [InlineData("plan_cache_mode", "force_generic_plan")]
    [InlineData("jit", "off")]
    public async Task Hot_pool_runs_with_the_planner_pinned(string setting, string value) =>
        Assert.Equal(value, await _world.One<string>($"SHOW {setting}"));

    // P9
    [Fact]
    public async Task Times_are_written_though_the_first_of_them_is_none()
    {
        await Write(new SettlementMapper().Insert([Awaiting("1", null), Awaiting("2", At)]));

        Assert.Equal(At.UtcDateTime, await _world.One<DateTime>("SELECT max(next_retry_at) FROM settlement"));
        Assert.Equal(1, await _world.One<long>("SELECT count(*) FROM settlement WHERE next_retry_at IS NULL"));
    }

    // P11
    [Fact]
    public async Task Batch_runs_read_committed_so_that_neighbours_never_fail_each_other()
    {
        await _world.Execute(
            """
            CREATE TABLE seen (isolation text);
            CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN INSERT INTO seen VALUES (current_setting(''transaction_isolation'')); RETURN NEW; END';
            CREATE TRIGGER see BEFORE INSERT ON counter FOR EACH ROW EXECUTE FUNCTION see();
            """
        );

        await _world.Handle(_world.Record(_id, new Bump(_id)));

        Assert.Equal("read committed", await _world.One<string>("SELECT isolation FROM seen"));
    }

    // P11
    [Fact]
    public async Task Saga_changed_since_it_was_read_is_known_by_its_version()
    {
        await _world.Handle(_world.Record(_id, new Bump(_id)));

        await Assert.ThrowsAsync<UnexpectedRowsException>(() =>
            _world.Handle(
                e => e.UseExecuteAsync(_ => _world.Execute("UPDATE counter SET version = version + 1, count = 40")),
                _world.Record(_id, new Bump(_id))
            )
        );

        Assert.Equal(40, await _world.One<int>("SELECT count FROM counter"));
        Assert.Equal(1, await _world.One<long>("SELECT next_offset FROM consumer_offset"));
    }

    // P11
    [Fact]
    public async Task Settlement_is_written_only_over_the_version_that_was_read()
    {
        var saga = Awaiting("1", null);
        await Write(new SettlementMapper().Insert([saga]));

        Assert.Equal(0, await Write(new SettlementMapper().Update([saga])));
        saga.Version = await _world.One<long>("SELECT version FROM settlement");
        Assert.Equal(1, await Write(new SettlementMapper().Update([saga])));
    }

    private async Task<int> Write(NpgsqlBatchCommand command)
    {
        await using var connection = await _world.Hot.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(command);
        return await batch.ExecuteNonQueryAsync();
    }

    private static Settlement Awaiting(string subject, DateTimeOffset? next) =>
        new()
        {
            CorrelationId = Guid.NewGuid(),
            State = "AWAITING_RETRY",
            Programme = "p",
            Subject = subject,
            Period = "2026-03",
            Downstream = "d",
            Currency = "EUR",
            PayableAt = At,
            NextRetryAt = next,
            CreatedAt = At,
            UpdatedAt = At,
        };
}
