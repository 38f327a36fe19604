using EventSettlement.Contracts;

namespace EventSettlement.IntegrationTests.Settlements;

public sealed class SettlementFlowTests
{
    private static readonly DateTimeOffset Past = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_settlement_that_fails_by_its_timers_leaves_rows_history_progress_and_one_alert()
    {
        await using var world = await SettlementWorld.Start(50, 50, 50);
        await FailInFourAttempts(world);
        Assert.Equal(
            "1PENDING 2PROCESSING 3AWAITING_RETRY 4PROCESSING 5AWAITING_RETRY 6PROCESSING 7AWAITING_RETRY "
                + "8PROCESSING 9FAILED",
            await world.Read<string>("SELECT string_agg(seq || to_state, ' ' ORDER BY seq) FROM settlement_history")
        );
        Assert.Equal(
            "FAILED 1 2 200",
            await world.Read<string>(
                """
                SELECT string_agg(state || ' ' || settlements || ' ' || items || ' ' || amount, ';')
                FROM run_progress WHERE settlements <> 0
                """
            )
        );
        Assert.Equal(
            "run 7 study-refund settlement_failed 1 100",
            await world.Read<string>("SELECT string_agg(cause || ' ' || count || ' ' || amount, ';') FROM alert")
        );
        Assert.Equal(0L, await world.Read<long>("SELECT count(*) FROM scheduled_message"));
        Assert.Equal(0L, await world.Read<long>("SELECT count(*) FROM parked_message"));
        Assert.True(
            await world.Read<bool>(
                """
                SELECT bool_and(waited >= interval '50 ms') FROM (
                    SELECT at - lag(at) OVER (ORDER BY seq) AS waited, from_state FROM settlement_history) h
                WHERE from_state = 'AWAITING_RETRY'
                """
            )
        );
    }

    [Fact]
    public async Task Sums_that_pass_64_bits_keep_no_settlement_from_its_end()
    {
        await using var world = await SettlementWorld.Start(1, 1, 1);
        await world.Read<int>(
            """
            WITH progress AS (
                INSERT INTO run_progress (run_id, lane, state, settlements, items, amount)
                SELECT 7, 'saga-' || lane, state, 0, 0, 9223372036854775807
                FROM generate_series(0, 1) lane, unnest(ARRAY['PENDING', 'PROCESSING', 'FAILED']) state),
            told AS (
                INSERT INTO alert (cause, code, message, next, first_at, last_at, count, amount)
                VALUES ('run 7 study-refund settlement_failed', 'c', 'm', 'n', clock(), clock(), 1,
                    9223372036854775807))
            SELECT 1
            """
        );
        await FailInFourAttempts(world);
        Assert.Equal("9223372036854775907", await world.Read<string>("SELECT amount::text FROM alert"));
        Assert.Equal(0L, await world.Read<long>("SELECT count(*) FROM parked_message"));
    }

    [Fact]
    public async Task The_event_of_each_step_carries_its_CloudEvents_headers()
    {
        await using var world = await SettlementWorld.Start();
        var id = Guid.NewGuid();
        await world.Tell(id, Requested(id));
        await world.UntilState(id, "PROCESSING");
        var headers = await world.Read<string>(
            """
            SELECT headers FROM event_log JOIN log_topic USING (topic_id)
            WHERE topic = 'settlement-events' ORDER BY "offset" LIMIT 1
            """
        );
        Assert.Contains($"ce_id\t{id:D}-1\n", headers, StringComparison.Ordinal);
        Assert.Contains("ce_specversion\t1.0\n", headers, StringComparison.Ordinal);
        Assert.Contains("ce_type\tsettlement.requested\n", headers, StringComparison.Ordinal);
        Assert.Contains("ce_source\t", headers, StringComparison.Ordinal);
        Assert.Contains("ce_time\t", headers, StringComparison.Ordinal);
        Assert.Contains("content-type\tapplication/json\n", headers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_is_answered_once_and_its_repetition_does_nothing()
    {
        await using var world = await SettlementWorld.Start();
        var id = Guid.NewGuid();
        await world.Tell(id, Requested(id));
        await world.UntilState(id, "PROCESSING");
        await world.Tell(id, new PartAnswered(id, 0, 1, 1, Counts(paid: 1, rejected: 1)));
        await world.UntilState(id, "FAILED");
        var retry = new RetrySettlement(id, Guid.NewGuid(), "kim", IncludeRejected: true);
        await world.Tell(id, retry);
        await world.UntilText($"SELECT outcome FROM command WHERE command_id = '{retry.CommandId}'", "DONE");
        await world.Tell(id, new PartAnswered(id, 0, 2, 2, Counts(paid: 1, rejected: 1)));
        await world.UntilState(id, "FAILED");
        await world.Tell(id, retry);
        var last = new HoldSettlement(id, Guid.NewGuid(), "kim");
        await world.Tell(id, last);
        await world.UntilText($"SELECT outcome FROM command WHERE command_id = '{last.CommandId}'", "DONE");
        Assert.Equal(
            "FAILED2",
            await world.Read<string>($"SELECT state || attempt FROM settlement WHERE settlement_id = '{id}'")
        );
    }

    [Fact]
    public async Task A_command_refused_before_the_settlement_existed_stays_refused()
    {
        await using var world = await SettlementWorld.Start();
        var id = Guid.NewGuid();
        var hold = new HoldSettlement(id, Guid.NewGuid(), "kim");
        await world.Tell(id, hold);
        await world.UntilText($"SELECT code FROM command WHERE command_id = '{hold.CommandId}'", "not_found");
        await world.Tell(id, Requested(id));
        await world.UntilState(id, "PROCESSING");
        await world.Tell(id, hold);
        await world.Tell(id, new PartAnswered(id, 0, 1, 1, Counts(paid: 1, failed: 1)));
        await world.UntilState(id, "AWAITING_RETRY");
        Assert.False(await world.Read<bool>($"SELECT held FROM settlement WHERE settlement_id = '{id}'"));
    }

    [Fact]
    public async Task An_answer_to_no_settlement_is_parked()
    {
        await using var world = await SettlementWorld.Start();
        var id = Guid.NewGuid();
        await world.Tell(id, new PartAnswered(id, 0, 1, 1, Counts(paid: 2)));
        await world.UntilNumber("SELECT count(*) FROM parked_message", 1);
    }

    private static async Task FailInFourAttempts(SettlementWorld world)
    {
        var id = Guid.NewGuid();
        await world.Tell(id, Requested(id));
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            await world.UntilText(
                $"SELECT state || attempt FROM settlement WHERE settlement_id = '{id}'",
                $"PROCESSING{attempt}"
            );
            await world.Tell(id, new PartAnswered(id, 0, attempt, attempt, Counts(paid: 1, failed: 1)));
        }

        await world.UntilState(id, "FAILED");
    }

    internal static SettlementRequested Requested(Guid id, DateTimeOffset? payableAt = null) =>
        new(id, "study-refund", "S-" + id, "once", 7, "member", "KRW", payableAt ?? Past, Past, [Counts(pending: 2)]);

    internal static PartCounts Counts(int pending = 0, int paid = 0, int failed = 0, int rejected = 0) =>
        new(pending, paid, failed, rejected, 0, 0, 0, 0, 100 * (pending + paid + failed + rejected), 100 * paid);
}
