using EventSettlement.IntegrationTests.EventLog.World;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.IntegrationTests.EventLog;

/// <summary>A process that is frozen while it holds locks must not make the others wait for ever.</summary>
public sealed class FrozenTransactionTests
{
    [Fact]
    public async Task A_process_frozen_between_two_statements_gives_up_what_it_has_locked()
    {
        await using var world = await MessagingWorld.Create<OnPostgres>();
        var member = await world.Start(new EffectConsumer("heir"));
        await using var frozen = await world.Hot.OpenConnectionAsync();
        await using var transaction = await frozen.BeginTransactionAsync();
        await LockTheLog(frozen, transaction);

        await world.Send(member.Writer, world.Message("a", "1"));

        await Eventually.Equals(1, world.Effects, "the number of effects");
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => transaction.CommitAsync());
    }

    [Fact]
    public async Task A_process_frozen_in_the_middle_of_a_statement_gives_up_what_it_has_locked()
    {
        await using var world = await MessagingWorld.Create<OnPostgres>();
        var member = await world.Start(new EffectConsumer("heir"));
        await using var frozen = await world.Hot.OpenConnectionAsync();
        await using var transaction = await frozen.BeginTransactionAsync();
        await LockTheLog(frozen, transaction);
        // PostgreSQL waits for the rest of it, as it does for the rest of a batch: no timeout of its ends that.
        await using var rest = await frozen.BeginBinaryImportAsync("COPY effect (id, by) FROM STDIN (FORMAT binary)");

        await world.Send(member.Writer, world.Message("a", "1"));

        await Eventually.Equals(1, world.Effects, "the number of effects");
        await Assert.ThrowsAnyAsync<NpgsqlException>(async () =>
        {
            await rest.StartRowAsync();
            await rest.WriteAsync("late", NpgsqlDbType.Text);
            await rest.WriteAsync("zombie", NpgsqlDbType.Text);
            await rest.CompleteAsync();
        });
    }

    private static async Task LockTheLog(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        await using var heads = new NpgsqlCommand("SELECT * FROM log_head FOR UPDATE", connection, transaction);
        await heads.ExecuteNonQueryAsync();
    }
}
