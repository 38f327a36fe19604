using EventSettlement.Platform.Configuration;

namespace EventSettlement.Platform;

/// <summary>The keys of database, event log and telemetry.</summary>
public static class PlatformSettings
{
    public static readonly Setting<string> Main = SettingKinds.Text(
        "ConnectionStrings:Main",
        "a PostgreSQL connection string with Host, Username and Database",
        "Host=127.0.0.1;Username=settle;Password=…;Database=settlement",
        PostgresAddress.IsRight
    ) with
    {
        Secret = true,
        Mistake = PostgresAddress.FindMistake,
    };

    public static readonly Setting<string> LogKind = SettingKinds.OneOf("EventLog:Kind", "postgres", "kafka");

    public static readonly Setting<string> Bootstrap = SettingKinds.Text(
        "EventLog:Bootstrap",
        "host:port, several with commas; needed for kafka",
        "127.0.0.1:9092",
        value => value.Split(',').All(SettingKinds.IsHostAndPort)
    );

    public static readonly Setting<int> Partitions = SettingKinds.Number("EventLog:Partitions", 1, 256, 8);

    public static readonly Setting<string> OtlpEndpoint = SettingKinds.Http(
        "Otlp:Endpoint",
        " of an OTLP collector",
        "http://127.0.0.1:4317"
    );

    /// <summary>Collectors take gRPC at port 4317 and HTTP at 4318.</summary>
    public static readonly Setting<string> OtlpProtocol = SettingKinds.OneOf("Otlp:Protocol", "grpc", "http");

    public static IReadOnlyList<Setting> All =>
        [Main, LogKind, Bootstrap, Partitions, .. KafkaSettings.All, OtlpEndpoint, OtlpProtocol];

    public static IEnumerable<SettingMistake> Check(Settings settings)
    {
        foreach (var mistake in SettingCatalogue.Missing(settings, Main))
            yield return mistake;
        if (settings.Get(LogKind) == "kafka" && settings.Get(Bootstrap).Length == 0)
            yield return new SettingMistake(Bootstrap.Key, "is needed when EventLog:Kind is kafka", Bootstrap.Example);
        foreach (var mistake in KafkaSettings.Check(settings))
            yield return mistake;
    }
}
