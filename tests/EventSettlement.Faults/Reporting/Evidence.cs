using EventSettlement.Faults.Running;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Reporting;

/// <summary>Keeps of a failing run what its folder lacks: the tables as SQL and the broker's offsets.</summary>
internal static class Evidence
{
    public static async Task Keep(Installation world, string folder)
    {
        try
        {
            var dump = PostgresBinaries.AsOwner("pg_dump");
            var sql = await ChildProcess.Output(dump[0], [.. dump[1..], "-h", "127.0.0.1", "-p",
                world.Postgres.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "-U", "settle",
                "settlement"]);
            await File.WriteAllTextAsync(Path.Combine(folder, "database.sql"), sql);
            if (world.Kafka is { } kafka)
                await File.WriteAllTextAsync(Path.Combine(folder, "offsets.txt"), await KafkaSide.Offsets(kafka));
        }
        catch (InvalidOperationException gone)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "evidence-missing.txt"), gone.Message);
        }
    }

    /// <summary>Logs, journals, plan and dump stay; the servers' data goes.</summary>
    public static void Shrink(string folder)
    {
        foreach (var data in new[] { "pgdata", Path.Combine("kafka", "data") })
            if (Directory.Exists(Path.Combine(folder, data)))
                Directory.Delete(Path.Combine(folder, data), recursive: true);
    }
}
