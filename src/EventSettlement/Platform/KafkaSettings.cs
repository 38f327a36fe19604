using EventSettlement.Messaging.Log.Kafka;
using EventSettlement.Platform.Configuration;

namespace EventSettlement.Platform;

/// <summary>The keys of Kafka's security: how its brokers are reached, and who we are to them.</summary>
public static class KafkaSettings
{
    private static readonly Setting<string> Protocol = SettingKinds.OneOf(
        KafkaSecurity.Section + ":Protocol",
        [.. KafkaSecurity.Protocols]
    );

    private static readonly Setting<string> Mechanism = SettingKinds.Text(
        KafkaSecurity.Section + ":Mechanism",
        string.Join(" or ", KafkaSecurity.Mechanisms) + ", with a sasl protocol",
        "SCRAM-SHA-512",
        KafkaSecurity.Mechanisms.Contains
    );

    private static readonly Setting<string> User = SettingKinds.Text(
        KafkaSecurity.Section + ":User",
        "a user of the brokers, with a sasl protocol",
        "settle",
        _ => true
    );

    private static readonly Setting<string> Password = Secret(":Password", "the user's password");

    private static readonly Setting<string> CaFile = File(":CaFile", "the brokers' authorities");

    private static readonly Setting<string> CertificateFile = File(":CertificateFile", "our own certificate");

    private static readonly Setting<string> KeyFile = File(":KeyFile", "our certificate's key");

    private static readonly Setting<string> KeyPassword = Secret(":KeyPassword", "the key file's password");

    public static IReadOnlyList<Setting> All =>
        [Protocol, Mechanism, User, Password, CaFile, CertificateFile, KeyFile, KeyPassword];

    public static IEnumerable<SettingMistake> Check(Settings settings) =>
        settings.Get(PlatformSettings.LogKind) == "kafka"
            ? Of(settings).FindMistakes().Select(m => new SettingMistake(m.Key, m.Problem, m.Example))
            : [];

    public static KafkaSecurity Of(Settings settings)
    {
        string? Set(Setting<string> key) => settings.Get(key) is { Length: > 0 } value ? value : null;
        return new()
        {
            Protocol = settings.Get(Protocol),
            Mechanism = Set(Mechanism),
            User = Set(User),
            Password = Set(Password),
            CaFile = Set(CaFile),
            CertificateFile = Set(CertificateFile),
            KeyFile = Set(KeyFile),
            KeyPassword = Set(KeyPassword),
        };
    }

    private static Setting<string> Secret(string name, string what) =>
        SettingKinds.Text(KafkaSecurity.Section + name, what, "a password", _ => true) with
        {
            Secret = true,
        };

    private static Setting<string> File(string name, string what) =>
        SettingKinds.Text(
            KafkaSecurity.Section + name,
            $"a PEM file of {what}, with an ssl protocol",
            "/etc/settle/kafka.pem",
            value => value.Length > 0
        );
}
