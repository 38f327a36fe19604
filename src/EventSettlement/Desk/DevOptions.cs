using System.CommandLine;
using EventSettlement.Payouts;
using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;
using EventSettlement.Programmes;

namespace EventSettlement.Desk;

/// <summary>What <c>./run</c> was told.</summary>
/// <param name="Date">Business date; null = the one of the first time, or today.</param>
/// <param name="MemberService">Address of another member service than the sandbox.</param>
/// <param name="RetryDelays">By programme: as told here, else as configured, else in seconds.</param>
/// <param name="Kafka">Bootstrap servers; null = the embedded log, or a private broker with KAFKA_HOME.</param>
internal sealed record DevOptions(
    bool Exit,
    int Studies,
    int Seed,
    string? Facts,
    DateOnly? Date,
    string? MemberService,
    string? Kafka,
    string Folder,
    int Port,
    IReadOnlyDictionary<string, TimeSpan[]> RetryDelays
)
{
    private static readonly Option<bool> ExitOption = new("--exit") { Description = "End after the summary." };
    private static readonly Option<int> StudiesOption = new("--studies")
    {
        Description = "Sample studies, 1 to 100,000.",
        DefaultValueFactory = _ => 30,
    };
    private static readonly Option<int> SeedOption = new("--seed")
    {
        Description = "The same seed gives the same sample.",
        DefaultValueFactory = _ => 1,
    };
    private static readonly Option<string?> FactsOption = new("--facts")
    {
        Description = "Facts from this file, a JSON object a line, instead of the sample.",
    };
    private static readonly Option<DateOnly?> DateOption = new("--date")
    {
        Description = "Business date; studies completed before it are settled.",
    };
    private static readonly Option<string?> MemberServiceOption = new("--member-service")
    {
        Description = "Address of a member service instead of the sandbox.",
    };
    private static readonly Option<string?> KafkaOption = new("--kafka")
    {
        Description = "Kafka's host:port instead of the event log in PostgreSQL.",
    };
    private static readonly Option<string?> DirOption = new("--dir")
    {
        Description = "Where all data goes; .settle if not told.",
    };
    private static readonly Option<int> PortOption = new("--port")
    {
        Description = "Of the API and the page.",
        DefaultValueFactory = _ => 8080,
    };
    private static readonly Option<string?> DelaysOption = new("--retry-delays")
    {
        Description = "Three waits before retries; if not told, what is configured, else these.",
        DefaultValueFactory = _ => "2s,4s,8s",
    };

    public static void AddTo(Command command)
    {
        foreach (
            var option in new Option[]
            {
                ExitOption,
                StudiesOption,
                SeedOption,
                FactsOption,
                DateOption,
                MemberServiceOption,
                KafkaOption,
                DirOption,
                PortOption,
                DelaysOption,
            }
        )
            command.Add(option);
        Rule(DelaysOption, ProgrammeSettings.RetryDelays);
        Rule(MemberServiceOption, PayoutSettings.BaseUrl);
        Rule(KafkaOption, PlatformSettings.Bootstrap);
        Rule(StudiesOption, value => value is >= 1 and <= 100_000, "takes a number from 1 to 100000");
        Rule(PortOption, value => value is >= 1 and <= 65_535, "takes a number from 1 to 65535");
        Rule(FactsOption, value => value is null || File.Exists(value), "takes a file that is there");
    }

    /// <summary>What becomes a setting of the server is refused here as it would be there.</summary>
    private static void Rule(Option<string?> option, Setting setting) =>
        Rule(option, value => value is null || setting.Read(value) is not null, "takes " + setting.Rule);

    private static void Rule<T>(Option<T> option, Func<T?, bool> holds, string rule) =>
        option.Validators.Add(result =>
        {
            if (!holds(result.GetValueOrDefault<T>()))
                result.AddError($"{option.Name} {rule}");
        });

    /// <summary>The command line as another terminal has to call it to find this desk.</summary>
    public string Settle =>
        Folder == Path.GetFullPath(DeskFolder.Path) && Path.GetFileName(Folder) == ".settle"
            ? "./settle"
            : $"EVENTSETTLEMENT_HOME={Shell.Quoted(Folder)} ./settle";

    public static DevOptions From(ParseResult parsed)
    {
        var kafka = parsed.GetValue(KafkaOption);
        return new DevOptions(
            parsed.GetValue(ExitOption),
            parsed.GetValue(StudiesOption),
            parsed.GetValue(SeedOption),
            parsed.GetValue(FactsOption),
            parsed.GetValue(DateOption),
            parsed.GetValue(MemberServiceOption),
            kafka,
            FolderOf(parsed),
            parsed.GetValue(PortOption),
            Delays(parsed)
        );
    }

    private static Dictionary<string, TimeSpan[]> Delays(ParseResult parsed)
    {
        Durations.TryParseList(parsed.GetValue(DelaysOption), out var delays);
        if (parsed.GetResult(DelaysOption) is { Implicit: false })
            return Server.Programmes.ToDictionary(p => p.Name, _ => delays);
        // What an earlier run of this desk has written was its own choice and nobody's configuration.
        var configured = Server.Catalogue.Check(SettingSources.Read(desk: false)).Settings;
        return Server.Programmes.ToDictionary(
            p => p.Name,
            p => configured.Get(ProgrammeSettings.RetryDelays, p.Name, delays)
        );
    }

    public static string FolderOf(ParseResult parsed) =>
        Path.GetFullPath(parsed.GetValue(DirOption) ?? DeskFolder.Path);

    public static void AddFolderTo(Command command) => command.Add(DirOption);
}
