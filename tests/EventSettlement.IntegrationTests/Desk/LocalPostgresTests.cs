using System.Globalization;
using EventSettlement.Desk;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.IntegrationTests.Desk;

public sealed class LocalPostgresTests
{
    [Fact]
    public async Task A_killed_server_starts_again_as_soon_as_its_last_child_is_gone()
    {
        var folder = Directory.CreateTempSubdirectory("settle-postgres-").FullName;
        try
        {
            var killed = await LocalPostgres.Start(folder, _ => { });
            await using var connection = new NpgsqlConnection(killed.ConnectionString + ";Pooling=false");
            await connection.OpenAsync();
            var child = connection.ProcessID;
            var server = int.Parse(
                File.ReadLines(Path.Combine(killed.DataFolder, "postmaster.pid")).First(),
                CultureInfo.InvariantCulture
            );
            await Signals.Send("STOP", child);
            await Signals.Send("KILL", server);

            var starting = LocalPostgres.Start(folder, _ => { });
            using var pause = new PeriodicTimer(TimeSpan.FromSeconds(2));
            await pause.WaitForNextTickAsync();
            Assert.False(starting.IsCompleted);
            await Signals.Send("CONT", child);

            var again = await starting;
            Assert.False(again.Adopted);
            again.Stop();
        }
        finally
        {
            LocalPostgres.Delete(folder);
            Directory.Delete(folder, recursive: true);
        }
    }
}
