using System.Net;
using System.Net.Sockets;
using EventSettlement.Platform;

namespace EventSettlement.Desk;

/// <summary>
/// A broker of one node, made from the distribution that KAFKA_HOME names; its data stays in the folder.
/// </summary>
internal static class PrivateKafka
{
    public const string Name = "kafka";
    private const int MostTries = 3;

    /// <summary>Its address, or null when KAFKA_HOME is not set.</summary>
    public static Task<string?> StartIfWanted(string folder, Action<string> say, CancellationToken stop) =>
        StartIfWanted(folder, say, new Dictionary<string, string>(), stop);

    /// <param name="settings">The broker's, which stand before those of the distribution.</param>
    public static async Task<string?> StartIfWanted(
        string folder,
        Action<string> say,
        IReadOnlyDictionary<string, string> settings,
        CancellationToken stop
    )
    {
        if (Environment.GetEnvironmentVariable("KAFKA_HOME") is not { Length: > 0 } home)
            return null;
        Packages.NeedForKafka(say);
        var data = Path.Combine(folder, "kafka-data");
        var addressFile = Path.Combine(folder, "kafka.address");
        var process = new OwnedProcess(folder, Name);
        if (process.RunningPid() is not null && File.Exists(addressFile))
        {
            say($"Kafka: running already on {File.ReadAllText(addressFile)}");
            return File.ReadAllText(addressFile);
        }
        for (var tries = 1; ; tries++)
            try
            {
                var address = await Start(home, folder, data, process, say, settings, stop);
                File.WriteAllText(addressFile, address);
                say($"Kafka: started on {address}");
                return address;
            }
            catch (InvalidOperationException) when (tries < MostTries && process.RunningPid() is null)
            {
                // Somebody took one of its ports meanwhile.
            }
    }

    private static async Task<string> Start(
        string home,
        string folder,
        string data,
        OwnedProcess process,
        Action<string> say,
        IReadOnlyDictionary<string, string> settings,
        CancellationToken stop
    )
    {
        var ports = Shell.FreePorts(2);
        var properties = Path.Combine(folder, "kafka.properties");
        WriteProperties(home, properties, data, ports[0], ports[1], settings);
        if (!Directory.Exists(data))
        {
            say($"Kafka: a private broker of {home}, data in {data}");
            var storage = Path.Combine(home, "bin", "kafka-storage.sh");
            var id = Shell.Must(storage, ["random-uuid"]).Trim();
            Shell.Must(storage, ["format", "-t", id, "-c", properties]);
        }
        process.Start(
            [Path.Combine(home, "bin", "kafka-server-start.sh"), properties],
            new Dictionary<string, string?>()
        );
        await Answers(process, ports[0], stop);
        return $"127.0.0.1:{ports[0]}";
    }

    private static void WriteProperties(
        string home,
        string path,
        string data,
        int port,
        int controller,
        IReadOnlyDictionary<string, string> settings
    )
    {
        var ours = new Dictionary<string, string>(settings)
        {
            ["log.dirs"] = data,
            ["listeners"] = $"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
            ["advertised.listeners"] = $"PLAINTEXT://127.0.0.1:{port}",
            ["controller.quorum.bootstrap.servers"] = $"127.0.0.1:{controller}",
        };
        var file = Path.Combine(home, "config", "server.properties");
        var lines = File.ReadLines(file).Where(l => !ours.ContainsKey(l.Split('=')[0].Trim()));
        if (File.ReadLines(file).Any(l => l.StartsWith("controller.quorum.voters", StringComparison.Ordinal)))
        {
            lines = lines.Where(l => !l.StartsWith("controller.quorum.voters", StringComparison.Ordinal));
            ours["controller.quorum.voters"] = $"1@127.0.0.1:{controller}";
            ours.Remove("controller.quorum.bootstrap.servers");
        }
        File.WriteAllLines(path, lines.Concat(ours.Select(o => $"{o.Key}={o.Value}")));
    }

    private static async Task Answers(OwnedProcess process, int port, CancellationToken stop)
    {
        var until = Environment.TickCount64 + 60_000;
        while (Environment.TickCount64 < until && process.RunningPid() is not null)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, stop);
                return;
            }
            catch (SocketException)
            {
                // It is still starting; the loop has an end.
            }
            await Task.Delay(200, stop);
        }
        throw new InvalidOperationException(
            $"Kafka does not start; the end of {process.LogFile}:\n{process.LastLines(15)}"
        );
    }
}
