using EventSettlement.Faults.Running;
using EventSettlement.Faults.World;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Reporting;

/// <summary>Keeps of a run what its folder lacks: the tables as SQL and the broker's offsets.</summary>
internal static class Evidence
{
    public static async Task Keep(Installation world, string folder)
    {
        try
        {
            var dump = PostgresBinaries.AsOwner("pg_dump");
            var sql = await ChildProcess.Output(
                dump[0],
                [
                    .. dump[1..],
                    "-h",
                    "127.0.0.1",
                    "-p",
                    world.Postgres.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    "-U",
                    "settle",
                    "settlement",
                ]
            );
            await File.WriteAllTextAsync(Path.Combine(folder, "database.sql"), sql);
            if (world.Kafka is { } kafka)
                await File.WriteAllTextAsync(Path.Combine(folder, "offsets.txt"), await KafkaSide.Offsets(kafka));
        }
        catch (Exception gone) when (gone is not OutOfMemoryException)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "evidence-missing.txt"), gone.Message);
        }
    }
}
