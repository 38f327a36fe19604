using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EventSettlement.Messaging.Log.Kafka;

/// <summary>
/// How every client of this process speaks with the brokers, and who it is to them. Its properties are the keys of
/// <see cref="Section"/>; <see cref="FindMistakes"/> says which do not go together.
/// </summary>
public sealed record KafkaSecurity
{
    public const string Section = "EventLog:Security";

    public static readonly IReadOnlyList<string> Protocols = ["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"];

    public static readonly IReadOnlyList<string> Mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];

    /// <summary>
    /// One of <see cref="Protocols"/>: with <c>ssl</c> in it all is encrypted, with <c>sasl</c> a user logs in.
    /// </summary>
    public string Protocol { get; init; } = "plaintext";

    /// <summary>
    /// One of <see cref="Mechanisms"/>; PLAIN shows the password to whoever reads an unencrypted connection.
    /// </summary>
    public string? Mechanism { get; init; }

    public string? User { get; init; }

    /// <summary>A secret.</summary>
    public string? Password { get; init; }

    /// <summary>
    /// PEM file of the authorities that the brokers' certificates are from; null = the machine's own.
    /// </summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file of our own certificate, where brokers ask for one.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of the key of <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Of an encrypted <see cref="KeyFile"/>; a secret.</summary>
    public string? KeyPassword { get; init; }

    private bool IsEncrypted => Protocol is "ssl" or "sasl_ssl";

    private bool HasLogin => Protocol is "sasl_plaintext" or "sasl_ssl";

    /// <summary>All that keeps a client from being made of this, each under the key to change.</summary>
    public IEnumerable<KafkaSecurityMistake> FindMistakes()
    {
        if (!Protocols.Contains(Protocol))
            return [Mistake(nameof(Protocol), $"must be one of {string.Join(", ", Protocols)}", "sasl_ssl")];
        return [.. LoginMistakes(), .. EncryptionMistakes()];
    }

    private IEnumerable<KafkaSecurityMistake> LoginMistakes()
    {
        if (Mechanism is not null && !Mechanisms.Contains(Mechanism))
            yield return Mistake(nameof(Mechanism), $"must be one of {string.Join(", ", Mechanisms)}", "SCRAM-SHA-512");
        (string Name, string? Value, string Example)[] login =
        [
            (nameof(Mechanism), Mechanism, "SCRAM-SHA-512"),
            (nameof(User), User, "settle"),
            (nameof(Password), Password, "a password"),
        ];
        foreach (var (name, value, example) in login)
            if (HasLogin && string.IsNullOrEmpty(value))
                yield return Mistake(name, $"is needed when {Section}:Protocol is {Protocol}", example);
            else if (!HasLogin && value is not null)
                yield return Unused(name, "sasl_ssl or sasl_plaintext", example);
    }

    private IEnumerable<KafkaSecurityMistake> EncryptionMistakes()
    {
        (string Name, string? Value, string Example)[] encryption =
        [
            (nameof(CaFile), CaFile, "/etc/settle/kafka-ca.pem"),
            (nameof(CertificateFile), CertificateFile, "/etc/settle/kafka.pem"),
            (nameof(KeyFile), KeyFile, "/etc/settle/kafka-key.pem"),
            (nameof(KeyPassword), KeyPassword, "a password"),
        ];
        if (!IsEncrypted)
            return encryption.Where(e => e.Value is not null).Select(e => Unused(e.Name, "ssl or sasl_ssl", e.Example));
        return [.. CaMistakes(), .. CertificateMistakes()];
    }

    private IEnumerable<KafkaSecurityMistake> CaMistakes()
    {
        if (CaFile is not null && !Holds(() => CountCertificates(CaFile) > 0))
            yield return Mistake(
                nameof(CaFile),
                "must be a PEM file of certificates that this process may read",
                "/etc/settle/kafka-ca.pem"
            );
    }

    private IEnumerable<KafkaSecurityMistake> CertificateMistakes()
    {
        if (CertificateFile is not null && KeyFile is null)
            yield return Mistake(
                nameof(KeyFile),
                $"is needed with {Section}:{nameof(CertificateFile)}",
                "/etc/settle/kafka-key.pem"
            );
        if (KeyFile is not null && CertificateFile is null)
            yield return Mistake(
                nameof(CertificateFile),
                $"is needed with {Section}:{nameof(KeyFile)}",
                "/etc/settle/kafka.pem"
            );
        if (KeyPassword is not null && KeyFile is null)
            yield return Mistake(nameof(KeyPassword), $"is of no use without {Section}:{nameof(KeyFile)}", "(not set)");
        if (CertificateFile is not null && KeyFile is not null && !Holds(HasKeyOfCertificate))
            yield return Mistake(
                nameof(CertificateFile),
                $"must be a PEM file that this process may read, and {Section}:{nameof(KeyFile)} the key of its first "
                    + $"certificate, encrypted with {Section}:{nameof(KeyPassword)} where that is set",
                "/etc/settle/kafka.pem"
            );
    }

    private static int CountCertificates(string file)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(file);
        return certificates.Count;
    }

    private bool HasKeyOfCertificate()
    {
        using var certificate = KeyPassword is null
            ? X509Certificate2.CreateFromPemFile(CertificateFile!, KeyFile)
            : X509Certificate2.CreateFromEncryptedPemFile(CertificateFile!, KeyPassword, KeyFile);
        return certificate.HasPrivateKey;
    }

    private static bool Holds(Func<bool> file)
    {
        try
        {
            return file();
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    // Whoever sets it believes in a login or an encryption that is not there.
    private KafkaSecurityMistake Unused(string name, string protocols, string example) =>
        Mistake(name, $"has no effect when {Section}:Protocol is {Protocol}: it needs {protocols}", example);

    private static KafkaSecurityMistake Mistake(string name, string problem, string example) =>
        new($"{Section}:{name}", problem, example);
}

/// <summary>What is wrong about one key.</summary>
/// <param name="Problem">Goes on after the key: "is needed when …".</param>
/// <param name="Example">A value that would do.</param>
public sealed record KafkaSecurityMistake(string Key, string Problem, string Example);
