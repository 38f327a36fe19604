using Confluent.Kafka;
using EventSettlement.Cli;
using EventSettlement.Ledger;
using EventSettlement.Payouts;
using EventSettlement.Runs;
using EventSettlement.Settlements;
using Npgsql;

namespace EventSettlement.Tests.Cli;

public sealed class CommandLineTests
{
    private const string Id = "00000000-0000-0000-0000-000000000001";

    [Theory]
    [InlineData("nonsense")]
    [InlineData("settlement show")]
    [InlineData("settlement show not-an-id")]
    [InlineData("settlement cancel " + Id)]
    [InlineData("settlement items")]
    [InlineData("settlement list --output xml")]
    [InlineData("settlement list --limit 0")]
    [InlineData("settlement list --limit many")]
    [InlineData("settlement retry " + Id + " --yes --expect-count few")]
    [InlineData("settlement retry " + Id + " --yes")]
    [InlineData("item resolve " + Id + "-1:1")]
    [InlineData("item resolve " + Id + "-1:1 --paid tx --write-off gone")]
    [InlineData("item resolve 7 --paid tx --reason seen")]
    [InlineData("item resolve " + Id + "-1:1 --paid tx")]
    [InlineData("item resolve " + Id + "-1:1 --write-off gone --reason seen")]
    [InlineData("alert close 'x'")]
    [InlineData("run start study-refund")]
    [InlineData("run start study-refund --date tomorrow")]
    [InlineData("settlement list --api nowhere")]
    [InlineData("nonsense --help")]
    [InlineData("settlement nonsense --help")]
    public async Task Wrong_usage_ends_with_2(string line) => Assert.Equal(ExitCode.Usage, await Run(line));

    /// <summary>A variable that is not set would select everything.</summary>
    [Theory]
    [InlineData("settlement list --run=")]
    [InlineData("settlement list --subject=")]
    [InlineData("settlement list --state=")]
    [InlineData("settlement list --programme=")]
    [InlineData("settlement items " + Id + " --member=")]
    [InlineData("settlement retry --subject= --yes --expect-count 1")]
    [InlineData("ledger entries --account=")]
    [InlineData("parked list --status=")]
    [InlineData("alert list --state=")]
    public async Task An_empty_filter_is_wrong_usage(string line) => Assert.Equal(ExitCode.Usage, await Run(line));

    [Theory]
    [InlineData("settlement list")]
    [InlineData("run show 1")]
    [InlineData("ledger verify")]
    public async Task No_server_ends_with_5(string line) =>
        Assert.Equal(ExitCode.Unavailable, await Run(line + " --api http://127.0.0.1:1 --key k"));

    [Theory]
    [InlineData("40001", ExitCode.Unavailable)]
    [InlineData("57P03", ExitCode.Unavailable)]
    [InlineData("53300", ExitCode.Unavailable)]
    [InlineData("42P01", ExitCode.Failed)]
    [InlineData("28P01", ExitCode.Unavailable)]
    [InlineData("25006", ExitCode.Unavailable)]
    [InlineData("3D000", ExitCode.Unavailable)]
    [InlineData("42501", ExitCode.Unavailable)]
    [InlineData("57P01", ExitCode.Unavailable)]
    [InlineData("23505", ExitCode.Failed)]
    public void A_database_that_could_do_it_later_ends_with_5(string state, int code) =>
        Assert.Equal(code, CommandLine.Explain(new PostgresException("told", "ERROR", "ERROR", state))!.ExitCode);

    [Theory]
    [InlineData(ErrorCode.Local_Transport, ExitCode.Unavailable)]
    [InlineData(ErrorCode.Local_AllBrokersDown, ExitCode.Unavailable)]
    [InlineData(ErrorCode.Local_TimedOut, ExitCode.Unavailable)]
    [InlineData(ErrorCode.TopicAuthorizationFailed, ExitCode.Failed)]
    [InlineData(ErrorCode.InvalidReplicationFactor, ExitCode.Failed)]
    public void A_broker_that_does_not_answer_is_unavailable_and_one_that_refuses_is_a_failure(
        ErrorCode error,
        int code
    ) => Assert.Equal(code, CommandLine.Explain(new KafkaException(new Error(error, "told")))!.ExitCode);

    [Theory]
    [InlineData("sandbox --urls nonsense")]
    [InlineData("sandbox --port 65536")]
    [InlineData("bench saga --connection nonsense")]
    public async Task What_a_server_could_not_be_started_with_ends_with_2(string line) =>
        Assert.Equal(ExitCode.Usage, await CommandLine.Run("test", line.Split(' '), EveryVerb.Commands()));

    [Theory]
    [InlineData("--retry-delays 0s,0s,0s")]
    [InlineData("--retry-delays 2s,4s,25h")]
    [InlineData("--retry-delays 2s,4s")]
    [InlineData("--member-service members")]
    [InlineData("--kafka broker")]
    public void What_a_server_would_refuse_is_refused_where_it_is_typed(string option) =>
        Assert.NotEmpty(
            CommandLine.Parse(CommandLine.Root("test", EveryVerb.Commands()), $"dev run {option}".Split(' ')).Errors
        );

    [Fact]
    public void What_nobody_foresaw_ends_with_1_and_says_how_to_see_where()
    {
        var told = CommandLine.Explain(new NotSupportedException("no such thing"));
        Assert.Equal(ExitCode.Failed, told?.ExitCode);
        Assert.Contains("no such thing", told?.Message, StringComparison.Ordinal);
        Assert.Contains("EVENTSETTLEMENT_DEBUG=1", told?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_library_ends_with_1_and_its_own_words()
    {
        var told = CommandLine.Explain(new DllNotFoundException("Failed to load the librdkafka native library."));
        Assert.Equal(ExitCode.Failed, told?.ExitCode);
        Assert.Equal("Failed to load the librdkafka native library.", told?.Message);
    }

    [Fact]
    public void A_reason_that_begins_with_an_at_sign_is_no_file()
    {
        var parsed = CommandLine.Parse(
            CommandLine.Root("test", SettlementVerbs.Command()),
            ["settlement", "hold", Id, "--reason", "@kim asked"]
        );
        Assert.Empty(parsed.Errors);
        Assert.Equal("@kim asked", parsed.GetValue<string>("--reason"));
    }

    [Fact]
    public async Task A_reset_deletes_no_folder_that_holds_no_desk()
    {
        var folder = Directory.CreateTempSubdirectory("settle-cli-").FullName;
        var mine = Path.Combine(folder, "appsettings.json");
        await File.WriteAllTextAsync(mine, "{}");
        Assert.Equal(
            ExitCode.RefusedByState,
            await CommandLine.Run("test", ["dev", "reset", "--dir", folder], EveryVerb.Commands())
        );
        Assert.True(File.Exists(mine));
        await File.WriteAllTextAsync(Path.Combine(folder, "cli.json"), "{}");
        Assert.Equal(0, await CommandLine.Run("test", ["dev", "reset", "--dir", folder], EveryVerb.Commands()));
        Assert.False(Directory.Exists(folder));
    }

    [Theory]
    [InlineData(ExitCode.RefusedByState)]
    [InlineData(ExitCode.RefusedByState, "--at", "2027-01-05T12:00:00+09:00")]
    [InlineData(ExitCode.Usage, "--at", "2027-01-05 12:00")]
    [InlineData(ExitCode.Usage, "--advance", "soon")]
    [InlineData(ExitCode.Usage, "--real", "--advance", "8m")]
    public async Task Only_a_desk_has_a_clock_that_can_be_put_elsewhere(int exit, params string[] words)
    {
        var folder = Directory.CreateTempSubdirectory("settle-cli-").FullName;
        Assert.Equal(
            exit,
            await CommandLine.Run("test", ["dev", "clock", "--dir", folder, .. words], EveryVerb.Commands())
        );
        Directory.Delete(folder);
    }

    private static Task<int> Run(string line) =>
        CommandLine.Run(
            "test",
            line.Split(' '),
            [SettlementVerbs.Command(), ItemVerbs.Command(), RunVerbs.Command(), LedgerVerbs.Command()]
        );
}
