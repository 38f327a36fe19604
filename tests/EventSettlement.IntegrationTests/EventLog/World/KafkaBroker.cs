using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EventSettlement.IntegrationTests.Fixtures;

namespace EventSettlement.IntegrationTests.EventLog.World;

/// <summary>
/// A private broker for this test run, from KAFKA_HOME, else from shared/kafka beside the repository; or one in a
/// container. It ends with the test process.
/// </summary>
internal static class KafkaBroker
{
    private static readonly Lazy<Task<(string Plain, SlowBroker Slow)>> Started = new(Start);

    public static async Task<string> Bootstrap() =>
        ContainerServers.Wanted ? await ContainerServers.Kafka() : (await Started.Value).Plain;

    /// <summary>A broker of this machine, which lets its clients wait.</summary>
    public static async Task<SlowBroker> Slow() => (await Started.Value).Slow;

    /// <summary>A broker that takes no member into a group whose session is as short as ours.</summary>
    public static async Task<string> WithLongSessions()
    {
        var folder = NewFolder();
        var ports = FreePorts(3);
        var text = Properties(folder, ports[0], ports[1], ports[2], $"127.0.0.1:{ports[2]}");
        await Launch(folder, text + "\ngroup.min.session.timeout.ms=20000\n", []);
        await Answers(ports[0]);
        return $"127.0.0.1:{ports[0]}";
    }

    private static async Task<(string, SlowBroker)> Start()
    {
        var folder = NewFolder();
        var ports = FreePorts(3);
        var slow = new SlowBroker(ports[2]);
        await Launch(folder, Properties(folder, ports[0], ports[1], ports[2], slow.Bootstrap), []);
        await Answers(ports[0]);
        return ($"127.0.0.1:{ports[0]}", slow);
    }

    internal static string NewFolder() => Directory.CreateTempSubdirectory("settle-kafka-").FullName;

    /// <summary>Held until the last is known, so that they differ.</summary>
    internal static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        listeners.ForEach(listener => listener.Stop());
        return ports;
    }

    /// <summary>A broker of these properties; it and the folder go with the test process.</summary>
    internal static async Task Launch(string folder, string text, string[] format)
    {
        var home =
            Home()
            ?? throw TestServer.Missing(
                "Kafka is not here: set KAFKA_HOME to a Kafka distribution (and install a Java 17 runtime)"
            );
        var properties = Path.Combine(folder, "server.properties");
        await File.WriteAllTextAsync(properties, text);
        await Run(home, "kafka-storage.sh", ["format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", properties, .. format]);
        var broker = Process.Start(Command(home, "kafka-server-start.sh", [properties]))!;
        broker.OutputDataReceived += (_, _) => { };
        broker.BeginOutputReadLine();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            broker.Kill(entireProcessTree: true);
            // One that still writes would make the deleting fail, and with it whatever else ends with the process.
            broker.WaitForExit();
            Directory.Delete(folder, recursive: true);
        };
    }

    internal static Task Answers(int port) =>
        Eventually.Holds(() => Task.FromResult(Listens(port)), TimeSpan.FromSeconds(60), "the broker answers");

    private static string? Home()
    {
        var candidates = new List<string?> { Environment.GetEnvironmentVariable("KAFKA_HOME") };
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            candidates.Add(Path.Combine(folder.FullName, "shared", "kafka"));
        return candidates.FirstOrDefault(home =>
            home is not null && File.Exists(Path.Combine(home, "bin", "kafka-server-start.sh"))
        );
    }

    private static string Properties(string folder, int port, int controller, int behindSlow, string slow) =>
        $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:{controller}
            listeners=PLAINTEXT://127.0.0.1:{port},SLOW://127.0.0.1:{behindSlow},CONTROLLER://127.0.0.1:{controller}
            advertised.listeners=PLAINTEXT://127.0.0.1:{port},SLOW://{slow}
            inter.broker.listener.name=PLAINTEXT
            controller.listener.names=CONTROLLER
            listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SLOW:PLAINTEXT
            log.dirs={folder}/data
            offsets.topic.num.partitions=4
            offsets.topic.replication.factor=1
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            group.initial.rebalance.delay.ms=0
            auto.create.topics.enable=false
            """;

    private static ProcessStartInfo Command(string home, string script, string[] arguments) =>
        new(Path.Combine(home, "bin", script), arguments)
        {
            RedirectStandardOutput = true,
            Environment = { ["KAFKA_HEAP_OPTS"] = "-Xms128m -Xmx384m" },
        };

    private static async Task Run(string home, string script, string[] arguments)
    {
        using var process = Process.Start(Command(home, script, arguments))!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{script} failed: {said}");
    }

    private static bool Listens(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
