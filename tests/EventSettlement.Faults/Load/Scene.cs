using EventSettlement.Faults.World;
using Npgsql;

namespace EventSettlement.Faults.Load;

/// <summary>All that a fault may lay hands on.</summary>
internal sealed record Scene(
    Installation World, NpgsqlDataSource Database, Operator Desk, FactJournal Journal, Producer Producer)
{
    public async Task<long> Count(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Some answers of the member service stop payments to it, and a person resumes them.</summary>
    public async Task ResumeWhereStopped()
    {
        if (await Count("SELECT count(*) FROM downstream WHERE state = 'STOPPED'") > 0)
            await Desk.Ask("v1/downstreams/member/resume", new { });
    }

    public async Task Execute(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
