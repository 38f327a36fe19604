using System.Text.Json;
using EventSettlement.Contracts;
using EventSettlement.IntegrationTests.Doubles;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Ledger;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Payouts;
using EventSettlement.Payouts.Calls;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using EventSettlement.StudyRefunds;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventSettlement.IntegrationTests.Payouts;

/// <summary>A database with settlements, a member service, and payouts between them.</summary>
public class PayoutWorld : IAsyncLifetime
{
    private TestDatabase _test = null!;
    private Downstream _members = null!;

    internal StubMembers Stub { get; private set; } = null!;
    internal Database Database { get; private set; } = null!;
    internal PayoutWorker Worker { get; private set; } = null!;
    internal Downstreams Downstreams { get; private set; } = null!;
    internal DoubtResolver Resolver { get; private set; } = null!;
    internal ItemResolution Resolution { get; private set; } = null!;
    internal ClockWatch Clock { get; private set; } = null!;
    internal RecordingWriter Outgoing { get; } = new();

    internal async Task<bool> IsStopped() => (await new DownstreamReads(Database).Stopped(default)) is ["member"];

    protected virtual TimeSpan QuietPeriod => TimeSpan.FromMinutes(10);

    protected virtual TimeSpan Timeout => TimeSpan.FromSeconds(3);

    protected virtual TimeSpan ClaimDeadline => TimeSpan.FromSeconds(60);

    protected virtual int MaxItems => 500;

    /// <summary>Where payouts go.</summary>
    protected virtual string MembersUrl => Stub.Url;

    public async Task InitializeAsync()
    {
        _test = await TestDatabase.Create();
        Database = new Database(_test.ConnectionString);
        Stub = await StubMembers.Start();
        var topology = new Topology();
        var json = ContractsJson.Default;
        topology
            .Map(Topics.Settlements, json.PartAnswered)
            .Map(Topics.Settlements, json.PartCorrected)
            .Map(Topics.Settlements, json.CancelItemsAnswered)
            .Map(null, json.PayPart)
            .Map(null, json.CancelItems);
        Topology = topology;
        var limits = new PayoutLimits(ClaimDeadline, QuietPeriod, [TimeSpan.FromMilliseconds(1)]);
        var programmes = new ProgrammeList([new StudyRefund(Database)]);
        _members = new Downstream("member", new MemberServiceClient(MembersUrl, "secret", Timeout), MaxItems, 4);
        Downstreams = new Downstreams(Database);
        Worker = new PayoutWorker(_members, programmes, Downstreams, limits, topology);
        Resolver = new DoubtResolver(
            Database,
            _members,
            Downstreams,
            limits,
            topology,
            Outgoing,
            NullLogger<DoubtResolver>.Instance
        );
        Resolution = new ItemResolution(Database, programmes, topology, Outgoing, limits);
        Clock = new ClockWatch(Database, NullLogger<ClockWatch>.Instance);
        await Clock.Look(CancellationToken.None);
        await OwnedTestBatch.Own(Database.Hot, 1);
    }

    internal Topology Topology { get; private set; } = null!;

    public async Task DisposeAsync()
    {
        Resolver.Dispose();
        Clock.Dispose();
        _members.Dispose();
        await Stub.DisposeAsync();
        await Database.DisposeAsync();
        await _test.DisposeAsync();
    }

    /// <summary>A settlement of so many items of 1,000 each, members M-1, M-2, …</summary>
    internal async Task<Guid> Plan(int items = 10, string member = "M")
    {
        var id = Guid.CreateVersion7();
        await Execute(
            $$"""
            INSERT INTO settlement_request VALUES ('{{id}}', 'study-refund', '{{id}}', 'once', 1, 'member', 'KRW',
                {{items * 1000}}, {{items}}, {{(items + 499) / 500}}, clock(), clock(),
                '{"deposits-held":{{-(items * 1000) - 500}},"forfeited-income":500,"payable":{{items * 1000}}}', '{}');
            INSERT INTO settlement_item (settlement_id, no, part, member_id, amount, state)
            SELECT '{{id}}', n, (n - 1) / 500, '{{member}}-' || n, 1000, 'PENDING' FROM generate_series(1, {{items}}) n;
            INSERT INTO settlement_part (settlement_id, part) SELECT '{{id}}', p
            FROM generate_series(0, {{(items - 1) / 500}}) p
            """
        );
        await using var connection = await Database.Hot.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Postings.Insert(connection, transaction, [TestPostings.Creation(id, items * 1000, 500)]);
        await transaction.CommitAsync();
        return id;
    }

    /// <summary>The saga's row in this state.</summary>
    internal Task Saga(Guid id, string state) =>
        Execute(
            $"""
            INSERT INTO settlement SELECT '{id}', 1, '{state}', 'study-refund', '{id}', 'once', 1, 'member', 'KRW',
                0, 0, 0, 0, 0, 0, 0,
                0, 0, '', 4, 0, false, false, false, NULL, false, clock(), NULL, NULL, NULL, 1, clock(), clock()
            """
        );

    internal async Task<IReadOnlyList<OutgoingMessage>> Pay(
        Guid id,
        int attempt = 1,
        bool rejected = false,
        long epoch = 1
    ) => await Consume(epoch, Topology.Message(id.ToString(), new PayPart(id, 0, attempt, rejected), "payouts.member"));

    internal async Task<IReadOnlyList<OutgoingMessage>> Consume(long epoch, params OutgoingMessage[] messages)
    {
        var batch = Batch(epoch, messages);
        await Worker.Consume(batch, CancellationToken.None);
        return batch.Done!.Sent;
    }

    internal OwnedTestBatch Batch(long epoch, params OutgoingMessage[] messages) =>
        new(
            Database.Hot,
            epoch,
            messages
                .Select((m, i) => new LogRecord(new("payouts.member", 0), i, null, m.Body, m.Headers, DateTime.UtcNow))
                .ToArray()
        );

    internal static PartAnswered Answer(IReadOnlyList<OutgoingMessage> sent) =>
        JsonSerializer.Deserialize(sent.Single().Body, ContractsJson.Default.PartAnswered)!;

    internal async Task Execute(string sql)
    {
        await using var command = Database.Reads.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    internal async Task<T> Scalar<T>(string sql)
    {
        await using var command = Database.Reads.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    internal Task<string> DownstreamState() =>
        Scalar<string>("SELECT coalesce((SELECT state FROM downstream WHERE name = 'member'), 'RUNNING')");

    internal Task<string> States(Guid id) =>
        Scalar<string>(
            $"""
            SELECT string_agg(state || ' ' || n, ', ' ORDER BY state) FROM
                (SELECT state, count(*) AS n FROM settlement_item WHERE settlement_id = '{id}' GROUP BY state) s
            """
        );

    /// <summary>Why items are not paid.</summary>
    internal Task<string> Codes(Guid id) =>
        Scalar<string>(
            $"SELECT coalesce(string_agg(concat_ws(' ', error_code, error_message), ', '), '') FROM settlement_item "
                + $"WHERE settlement_id = '{id}' AND state <> 'PAID'"
        );

    internal Task<long> Balance(Guid id, string account) =>
        Scalar<long>(
            $"""
            SELECT coalesce(sum(amount), 0)::bigint FROM posting
            WHERE settlement_id = '{id}' AND account = 'study-refund:{account}'
            """
        );
}

/// <summary>Keeps what would leave.</summary>
internal sealed class RecordingWriter : IOutgoingWriter
{
    public List<OutgoingMessage> Written { get; } = [];

    public Task Write(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<OutgoingMessage> messages,
        CancellationToken cancel
    )
    {
        Written.AddRange(messages);
        return Task.CompletedTask;
    }

    public ValueTask Queue(NpgsqlBatch batch, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancel)
    {
        Written.AddRange(messages);
        return ValueTask.CompletedTask;
    }

    public void Wake(IReadOnlyCollection<OutgoingMessage> messages) { }

    public Task<long> CountWaiting(CancellationToken cancel) => Task.FromResult(0L);
}
