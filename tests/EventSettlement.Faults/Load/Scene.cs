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

    public async Task Execute(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
