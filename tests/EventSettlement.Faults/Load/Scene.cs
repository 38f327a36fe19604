using System.Diagnostics;
using System.Globalization;
using EventSettlement.Faults.Check;
using EventSettlement.Faults.Check.Known;
using EventSettlement.Faults.World;
using Npgsql;

namespace EventSettlement.Faults.Load;

/// <summary>All that a fault may lay hands on.</summary>
internal sealed record Scene(
    Installation World,
    NpgsqlDataSource Database,
    Operator Desk,
    FactJournal Journal,
    Producer Producer,
    ViewProducer Views
)
{
    public const string Stopped = "SELECT count(*) FROM downstream WHERE state = 'STOPPED'";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    public async Task<long> Count(string sql) =>
        (await Read(sql, r => Convert.ToInt64(r.GetValue(0), CultureInfo.InvariantCulture)))[0];

    public Task<List<T>> Read<T>(string sql, Func<NpgsqlDataReader, T> row) =>
        WhenItAnswers(() => Tables.Read(Database, sql, row));

    /// <summary>Some answers of the member service stop payments to it, and a person resumes them.</summary>
    public async Task ResumeWhereStopped()
    {
        if (await Count(Stopped) > 0)
            await Desk.Ask("v1/downstreams/member/resume", new { });
    }

    /// <summary>A person lets a stopped partition of the topic of facts go on with the log as it is.</summary>
    /// <param name="what">Of the log, for who reads that it could not be done.</param>
    public async Task AcceptLog(int partition, string what)
    {
        var path = $"v1/log/study-intake/study-completed/{partition}/accept";
        if (
            await Waiting.Until(TimeSpan.FromSeconds(30), async () => (await Desk.Ask(path, new { })).Status == 200)
            is null
        )
            World.Surprises.Enqueue($"{what} could not be accepted");
    }

    /// <param name="sql">What may be done twice.</param>
    public Task Execute(string sql, params object[] values) =>
        WhenItAnswers(async () =>
        {
            await using var command = Database.CreateCommand(sql);
            foreach (var value in values)
                command.Parameters.AddWithValue(value);
            return await command.ExecuteNonQueryAsync();
        });

    /// <summary>Another fault of the same plan may have the database away at this moment.</summary>
    private static async Task<T> WhenItAnswers<T>(Func<Task<T>> ask)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (NpgsqlException away) when (away.IsTransient && Stopwatch.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(Between);
            }
        }
    }
}
