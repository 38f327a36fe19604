using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;
using EventSettlement.Faults.World.Servers;
using Npgsql;

namespace EventSettlement.Faults.Injection.Network;

/// <summary>Somebody else takes every connection that PostgreSQL gives (53300).</summary>
internal sealed class NoConnections : Fault
{
    private const string EndTheirs = $"""
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{PostgresServer.Product}'
        """;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(4);

    public override string Name => "connections-exhausted";

    public override string Expectation => "PostgreSQL refuses new connections for some seconds: waited for, not lost";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var taken = new List<NpgsqlConnection>();
        await scene.Execute("CREATE ROLE greedy LOGIN");
        var address = new NpgsqlConnectionStringBuilder(scene.World.Postgres.Connection)
        {
            Username = "greedy",
            Pooling = false,
        };
        var refused = 0;
        for (var end = DateTime.UtcNow + Length; DateTime.UtcNow < end; )
        {
            var one = new NpgsqlConnection(address.ConnectionString);
            try
            {
                await one.OpenAsync();
                taken.Add(one);
            }
            catch (NpgsqlException)
            {
                // All are taken. Those of the servers are ended, and who comes first gets their places.
                await one.DisposeAsync();
                if (refused++ % 10 == 0)
                    await scene.Execute(EndTheirs);
                await Last(0.02);
            }
        }

        foreach (var one in taken)
            await one.DisposeAsync();
        return refused > 0;
    }
}
