using EventSettlement.Messaging.Log.Kafka;

namespace EventSettlement.IntegrationTests.EventLog.World;

/// <summary>
/// A private broker that lets nobody in unknown: an address with a login, one with a login over TLS, and one that asks
/// for a certificate.
/// </summary>
internal sealed class SecuredBroker
{
    private const string User = "settle";
    private const string Password = "right";
    private static readonly Lazy<Task<SecuredBroker>> Started = new(Launch);
    private readonly int[] _ports;

    private SecuredBroker(int[] ports, TestCertificates certificates)
    {
        var (certificate, key) = certificates.WriteClient("client");
        _ports = ports;
        OverTls = new KafkaSecurity
        {
            Protocol = "sasl_ssl",
            Mechanism = "PLAIN",
            User = User,
            Password = Password,
            CaFile = certificates.CaFile,
        };
        ByCertificate = new KafkaSecurity
        {
            Protocol = "ssl",
            CaFile = certificates.CaFile,
            CertificateFile = certificate,
            KeyFile = key,
            KeyPassword = TestCertificates.KeyPassword,
        };
    }

    public KafkaSecurity InTheClear { get; } =
        new()
        {
            Protocol = "sasl_plaintext",
            Mechanism = "SCRAM-SHA-256",
            User = User,
            Password = Password,
        };

    public KafkaSecurity OverTls { get; }

    public KafkaSecurity ByCertificate { get; }

    public static Task<SecuredBroker> Start() => Started.Value;

    /// <summary>The address that asks for what the security has.</summary>
    public string Bootstrap(KafkaSecurity security) =>
        security.Protocol switch
        {
            "sasl_plaintext" => $"127.0.0.1:{_ports[2]}",
            "sasl_ssl" => $"127.0.0.1:{_ports[3]}",
            _ => $"127.0.0.1:{_ports[4]}",
        };

    private static async Task<SecuredBroker> Launch()
    {
        var folder = KafkaBroker.NewFolder();
        var certificates = new TestCertificates(folder);
        var ports = KafkaBroker.FreePorts(5);
        var properties = Properties(folder, ports, certificates.WriteServer(), certificates.CaFile);
        await KafkaBroker.Launch(
            folder,
            properties,
            ["--add-scram", $"SCRAM-SHA-256=[name={User},password={Password}]"]
        );
        await KafkaBroker.Answers(ports[4]);
        return new SecuredBroker(ports, certificates);
    }

    private static string Properties(string folder, int[] ports, string server, string authority)
    {
        (string Name, string Protocol)[] names =
        [
            ("CONTROLLER", "PLAINTEXT"),
            ("BROKER", "PLAINTEXT"),
            ("CLEAR", "SASL_PLAINTEXT"),
            ("TLS", "SASL_SSL"),
            ("CERTIFICATE", "SSL"),
        ];
        var listeners = names.Zip(ports, (one, port) => $"{one.Name}://127.0.0.1:{port}").ToArray();
        const string login = "org.apache.kafka.common.security";
        return $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:{ports[0]}
            listeners={string.Join(',', listeners)}
            advertised.listeners={string.Join(',', listeners.Skip(1))}
            inter.broker.listener.name=BROKER
            controller.listener.names=CONTROLLER
            listener.security.protocol.map={string.Join(',', names.Select(one => one.Name + ":" + one.Protocol))}
            listener.name.clear.sasl.enabled.mechanisms=SCRAM-SHA-256
            listener.name.clear.scram-sha-256.sasl.jaas.config={login}.scram.ScramLoginModule required;
            listener.name.tls.sasl.enabled.mechanisms=PLAIN
            listener.name.tls.plain.sasl.jaas.config={login}.plain.PlainLoginModule required user_{User}="{Password}";
            listener.name.certificate.ssl.client.auth=required
            ssl.keystore.type=PEM
            ssl.keystore.location={server}
            ssl.truststore.type=PEM
            ssl.truststore.location={authority}
            log.dirs={folder}/data
            offsets.topic.num.partitions=1
            offsets.topic.replication.factor=1
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            group.initial.rebalance.delay.ms=0
            auto.create.topics.enable=false
            """;
    }
}
