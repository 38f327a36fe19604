using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Platform;

namespace EventSettlement.IntegrationTests.EventLog.World;

/// <summary>
/// A private broker for this test run, from KAFKA_HOME, else from shared/kafka beside the repository. It ends with the
/// test process.
/// </summary>
internal static class KafkaBroker
{
    private static readonly Lazy<Task<(string Plain, SlowBroker Slow)>> Started = new(Start);

    public static async Task<string> Bootstrap() => (await Started.Value).Plain;

    /// <summary>The same broker, which lets its clients wait.</summary>
    public static async Task<SlowBroker> Slow() => (await Started.Value).Slow;

    private static async Task<(string, SlowBroker)> Start()
    {
        var home =
            Home()
            ?? throw TestServer.Missing(
                "Kafka is not here: set KAFKA_HOME to a Kafka distribution (and install a Java 17 runtime)"
            );
        var folder = Directory.CreateTempSubdirectory("settle-kafka-").FullName;
        var (port, controller, behindSlow) = (Shell.FreePort(), Shell.FreePort(), Shell.FreePort());
        var slow = new SlowBroker(behindSlow);
        var properties = Path.Combine(folder, "server.properties");
        await File.WriteAllTextAsync(properties, Properties(folder, port, controller, behindSlow, slow.Bootstrap));
        await Run(home, "kafka-storage.sh", ["format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", properties]);
        var broker = Process.Start(Command(home, "kafka-server-start.sh", [properties]))!;
        broker.OutputDataReceived += (_, _) => { };
        broker.BeginOutputReadLine();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            broker.Kill(entireProcessTree: true);
            Directory.Delete(folder, recursive: true);
        };
        await Eventually.Holds(() => Task.FromResult(Answers(port)), TimeSpan.FromSeconds(60), "the broker answers");
        return ($"127.0.0.1:{port}", slow);
    }

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

    private static bool Answers(int port)
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
