using System.Globalization;
using EventSettlement.Faults.Injection.Processes;

namespace EventSettlement.Faults.World.Servers;

/// <summary>A Kafka broker of one run, from the distribution in KAFKA_HOME.</summary>
/// <param name="template">The formatted storage that every run starts from; made by the first.</param>
internal sealed class KafkaServer(string folder, string template)
{
    public const string Missing = "Kafka is not here: KAFKA_HOME names none";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly SemaphoreSlim OneFormats = new(1, 1);
    private readonly int _port = Ports.Free();
    private readonly int _controller = Ports.Free();
    private ChildProcess? _broker;

    public static string? Home =>
        Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } home
        && File.Exists(Path.Combine(home, "bin", "kafka-server-start.sh"))
            ? home
            : null;

    /// <summary>Where the broker listens; clients are told <see cref="Advertised"/>.</summary>
    public int Port => _port;

    public int Advertised { get; private set; }

    public string Bootstrap => $"127.0.0.1:{Advertised}";

    /// <param name="advertised">The port of a proxy, where one stands before the broker.</param>
    public async Task Prepare(int? advertised)
    {
        Advertised = advertised ?? _port;
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Settings, Properties());
        await OneFormats.WaitAsync();
        try
        {
            if (!Directory.Exists(template))
            {
                await ChildProcess.Output(
                    Program("kafka-storage.sh"),
                    ["format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", Settings],
                    Heap("-Xmx128m")
                );
                Directory.Move(Path.Combine(folder, "data"), template);
            }
        }
        finally
        {
            OneFormats.Release();
        }

        await ChildProcess.Output("cp", ["-a", template, Path.Combine(folder, "data")]);
    }

    public async Task Start()
    {
        _broker = ChildProcess.Start(
            "kafka",
            Path.Combine(folder, "..", "kafka.log"),
            Heap("-Xms96m -Xmx320m"),
            Program("kafka-server-start.sh"),
            Settings
        );
        await Waiting.Must(
            "the broker answers",
            StartLimit,
            () =>
                Task.FromResult(
                    _broker.HasExited ? throw new InvalidOperationException("Kafka ended") : Ports.Answers(_port)
                )
        );
    }

    public void Kill() => _broker?.Kill();

    public void Freeze() => _broker!.Signal("STOP");

    public void Thaw() => _broker!.Signal("CONT");

    public async Task<string> Run(string program, params string[] words) =>
        await ChildProcess.Output(
            Program(program),
            ["--bootstrap-server", $"127.0.0.1:{_port}", .. words],
            Heap("-Xmx128m")
        );

    /// <returns>By partition the offset after its last record.</returns>
    public async Task<Dictionary<int, long>> ReadEnds(string topic) =>
        (await Run("kafka-get-offsets.sh", "--topic", topic))
            .Split('\n')
            .Select(line => line.Split(':'))
            .Where(words => words.Length == 3)
            .ToDictionary(
                words => int.Parse(words[1], CultureInfo.InvariantCulture),
                words => long.Parse(words[2], CultureInfo.InvariantCulture)
            );

    /// <summary>A tool that a distribution may have no script for.</summary>
    public async Task<string> RunClass(string name, params string[] words) =>
        await ChildProcess.Output(
            Program("kafka-run-class.sh"),
            [name, "--bootstrap-server", $"127.0.0.1:{_port}", .. words],
            Heap("-Xmx128m")
        );

    private string Settings => Path.Combine(folder, "server.properties");

    private static string Program(string name) => Path.Combine(Home!, "bin", name);

    private Dictionary<string, string> Heap(string heap) =>
        new()
        {
            ["KAFKA_HEAP_OPTS"] = heap,
            ["LOG_DIR"] = folder,
            ["KAFKA_JVM_PERFORMANCE_OPTS"] = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            ["KAFKA_TIER"] = "1",
        };

    private string Properties() =>
        $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:{_controller}
            listeners=PLAINTEXT://127.0.0.1:{_port},CONTROLLER://127.0.0.1:{_controller}
            advertised.listeners=PLAINTEXT://127.0.0.1:{Advertised}
            controller.listener.names=CONTROLLER
            listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
            log.dirs={folder}/data
            num.network.threads=2
            num.io.threads=2
            background.threads=2
            offsets.topic.num.partitions=4
            offsets.topic.replication.factor=1
            transaction.state.log.num.partitions=2
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            group.initial.rebalance.delay.ms=0
            auto.create.topics.enable=false
            authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
            allow.everyone.if.no.acl.found=true
            """;
}
