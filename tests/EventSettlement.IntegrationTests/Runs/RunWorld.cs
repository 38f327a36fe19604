using System.Text;
using EventSettlement.Contracts;
using EventSettlement.IntegrationTests.Doubles;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using EventSettlement.Runs;
using EventSettlement.StudyRefunds;
using EventSettlement.StudyRefunds.Facts;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventSettlement.IntegrationTests.Runs;

/// <summary>A database with facts, and the parts of a planner that a test starts by hand.</summary>
internal sealed class RunWorld : IAsyncDisposable
{
    public static readonly DateOnly Date = new(2026, 1, 10);

    private readonly TestDatabase _test;
    private readonly Wakeup _wakeup;

    private RunWorld(TestDatabase test)
    {
        _test = test;
        Database = new Database(test.ConnectionString);
        Programmes = new ProgrammeList([new StudyRefund(Database)]);
        Signal = new RunSignal(_wakeup = new Wakeup(Database.Hot));
        Commands = new RunCommands(Database, Programmes, Server.Catalogue.Defaults, Signal);
        Queries = new RunQueries(Database);
        Watch = new RunWatch(Database, Signal, NullLogger<RunWatch>.Instance);
    }

    public Database Database { get; }

    public ProgrammeList Programmes { get; }

    public OutboxRows Outgoing { get; } = new();

    public RunSignal Signal { get; }

    public RunCommands Commands { get; }

    public RunQueries Queries { get; }

    public RunWatch Watch { get; }

    public static async Task<RunWorld> WithStudies(int studies, int members = 3)
    {
        var world = new RunWorld(await TestDatabase.Create());
        await world.Take(SampleStudies.Lines(studies, members, 1, Date));
        return world;
    }

    public RunPlanner Planner() =>
        new(
            Database,
            Programmes,
            Server.Catalogue.Defaults,
            Outgoing,
            new Topology().Map(Topics.Settlements, ContractsJson.Default.SettlementRequested),
            Signal,
            NullLogger<RunPlanner>.Instance
        );

    public RunSchedule Schedule(string cron = "0 0 3 * * ?") =>
        new(
            Database,
            Programmes,
            Server.Catalogue.Defaults.With(ProgrammeSettings.Cron, StudyRefund.Name, cron),
            Signal,
            NullLogger<RunSchedule>.Instance
        );

    public async Task Take(IEnumerable<string> lines)
    {
        long offset = 0;
        foreach (var chunk in lines.Chunk(500))
        {
            var batch = DirectBatch.Of(Database.Hot, 0, offset, [.. chunk.Select(Encoding.UTF8.GetBytes)]);
            await new StudyIntake().Consume(batch, default);
            Assert.Empty(batch.Parked);
            offset += chunk.Length;
        }
    }

    public async Task<long> Start() =>
        (await Commands.Start(StudyRefund.Name, new OwedQuestion(Date), null, "tester", default)).Run
        ?? throw new InvalidOperationException();

    public async Task<long> Number(string sql)
    {
        await using var command = Database.Reads.CreateCommand($"SELECT ({sql})::bigint");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task Do(string sql)
    {
        await using var command = Database.Reads.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Everything that a planned study must have, once.</summary>
    public async Task AssertPlannedOnce(int studies, int members = 3)
    {
        Assert.Equal(studies, await Number("SELECT count(*) FROM settlement_request"));
        Assert.Equal(studies, await Number("SELECT count(*) FROM study WHERE run_id IS NOT NULL"));
        Assert.Equal(studies * members, await Number("SELECT count(*) FROM settlement_item"));
        Assert.Equal(studies, await Number("SELECT count(*) FROM settlement_part"));
        Assert.Equal(studies, await Number("SELECT count(DISTINCT transaction_id) FROM posting"));
        Assert.Equal(studies, await Number("SELECT count(DISTINCT msg_key) FROM outbox"));
        Assert.Equal(studies, await Number("SELECT count(*) FROM outbox"));
        Assert.Equal(studies, await Number("SELECT settlements FROM run_progress WHERE lane = 'planner'"));
        Assert.Equal(
            await Number("SELECT sum(amount) FROM settlement_item"),
            await Number("SELECT amount FROM run_progress")
        );
        var proof = await new EventSettlement.Ledger.LedgerVerification(Database).Verify(default);
        Assert.Empty(proof.Findings);
    }

    public async ValueTask DisposeAsync()
    {
        await _wakeup.DisposeAsync();
        await Database.DisposeAsync();
        await _test.DisposeAsync();
    }
}
