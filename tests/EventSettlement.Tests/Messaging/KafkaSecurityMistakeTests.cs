using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EventSettlement.Messaging.Log.Kafka;

namespace EventSettlement.Tests.Messaging;

public sealed class KafkaSecurityMistakeTests : IDisposable
{
    private static readonly KafkaSecurity Login = new()
    {
        Protocol = "sasl_ssl",
        Mechanism = "SCRAM-SHA-512",
        User = "settle",
        Password = "secret",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("settle-security-").FullName;

    public static TheoryData<string, KafkaSecurity, string[]> Wrong =>
        new()
        {
            {
                "an unknown protocol hides all else",
                Login with
                {
                    Protocol = "SASL_SSL",
                    User = null,
                },
                ["EventLog:Security:Protocol must be one of plaintext, ssl, sasl_plaintext, sasl_ssl"]
            },
            {
                "an unknown mechanism",
                Login with
                {
                    Mechanism = "GSSAPI",
                },
                ["EventLog:Security:Mechanism must be one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512"]
            },
            {
                "a login without one",
                new KafkaSecurity { Protocol = "sasl_plaintext", Password = "" },
                [
                    "EventLog:Security:Mechanism is needed when EventLog:Security:Protocol is sasl_plaintext",
                    "EventLog:Security:User is needed when EventLog:Security:Protocol is sasl_plaintext",
                    "EventLog:Security:Password is needed when EventLog:Security:Protocol is sasl_plaintext",
                ]
            },
            {
                "a login that nobody asks for",
                new KafkaSecurity { Protocol = "ssl", User = "settle" },
                [
                    "EventLog:Security:User has no effect when EventLog:Security:Protocol is ssl: it needs sasl_ssl or "
                        + "sasl_plaintext",
                ]
            },
            {
                "an authority without encryption",
                new KafkaSecurity { CaFile = "/nowhere/ca.pem" },
                [
                    "EventLog:Security:CaFile has no effect when EventLog:Security:Protocol is plaintext: it needs ssl "
                        + "or sasl_ssl",
                ]
            },
            {
                "an authority that is not there",
                Login with
                {
                    CaFile = "/nowhere/ca.pem",
                },
                ["EventLog:Security:CaFile must be a PEM file of certificates that this process may read"]
            },
            {
                "a certificate without its key",
                Login with
                {
                    CertificateFile = "/nowhere/client.pem",
                },
                ["EventLog:Security:KeyFile is needed with EventLog:Security:CertificateFile"]
            },
            {
                "a key without its certificate",
                Login with
                {
                    KeyFile = "/nowhere/key.pem",
                },
                ["EventLog:Security:CertificateFile is needed with EventLog:Security:KeyFile"]
            },
            {
                "a password for no key",
                Login with
                {
                    KeyPassword = "secret",
                },
                ["EventLog:Security:KeyPassword is of no use without EventLog:Security:KeyFile"]
            },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_does_not_go_together_is_told_under_the_key_to_change(
        string what,
        KafkaSecurity security,
        string[] mistakes
    )
    {
        Assert.NotEmpty(what);
        Assert.Equal(mistakes, security.FindMistakes().Select(one => $"{one.Key} {one.Problem}"));
        Assert.StartsWith(
            mistakes[0],
            Assert.Throws<InvalidOperationException>(() => new KafkaClients("localhost:9092", security)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_goes_together_is_no_mistake()
    {
        var (certificate, key) = WriteCertificate("one");
        Assert.Empty(new KafkaSecurity().FindMistakes());
        Assert.Empty(new KafkaSecurity { Protocol = "ssl" }.FindMistakes());
        Assert.Empty(Login.FindMistakes());
        Assert.Empty((Login with { Protocol = "sasl_plaintext", Mechanism = "PLAIN" }).FindMistakes());
        Assert.Empty(
            (
                Login with
                {
                    CaFile = certificate,
                    CertificateFile = certificate,
                    KeyFile = key,
                    KeyPassword = "secret",
                }
            ).FindMistakes()
        );
    }

    [Fact]
    public void A_file_is_read_before_a_client_is_made_of_it()
    {
        var (certificate, key) = WriteCertificate("one");
        var (_, other) = WriteCertificate("other");
        var ours = Login with { CertificateFile = certificate, KeyFile = key, KeyPassword = "secret" };

        Assert.Equal("EventLog:Security:CaFile", Only(Login with { CaFile = key }));
        Assert.Equal("EventLog:Security:CertificateFile", Only(ours with { KeyFile = other }));
        Assert.Equal("EventLog:Security:CertificateFile", Only(ours with { KeyPassword = "wrong" }));
        Assert.Equal("EventLog:Security:CertificateFile", Only(ours with { KeyPassword = null }));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Only(KafkaSecurity security) => Assert.Single(security.FindMistakes()).Key;

    private (string Certificate, string Key) WriteCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        var files = (Path.Combine(_folder, name + ".pem"), Path.Combine(_folder, name + "-key.pem"));
        File.WriteAllText(files.Item1, certificate.ExportCertificatePem());
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        File.WriteAllText(files.Item2, key.ExportEncryptedPkcs8PrivateKeyPem("secret", encryption));
        return files;
    }
}
