using EventSettlement.Faults.Load;
using Npgsql;

namespace EventSettlement.Faults.Injection;

/// <summary>Somebody else takes every connection that PostgreSQL gives (53300).</summary>
internal sealed class NoConnections : Fault
{
    public override string Name => "connections-exhausted";

    public override string Expectation => "PostgreSQL refuses new connections for some seconds: waited for, not lost";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var taken = new List<NpgsqlConnection>();
        await scene.Execute("CREATE ROLE greedy LOGIN");
        var address = new NpgsqlConnectionStringBuilder(scene.World.Postgres.Connection)
        {
            Username = "greedy", Pooling = false,
        };
        try
        {
            // Ended idle connections make room for new ones of ours, until nothing but these is left.
            for (var n = 0; n < 220; n++)
            {
                var one = new NpgsqlConnection(address.ConnectionString);
                taken.Add(one);
                await one.OpenAsync();
            }
        }
        catch (NpgsqlException)
        {
            // All are taken.
        }

        await scene.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            + "WHERE application_name LIKE 'settle%'");
        await Last(3);
        foreach (var one in taken)
            await one.DisposeAsync();
        return true;
    }
}
