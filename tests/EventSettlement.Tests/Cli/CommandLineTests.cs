using EventSettlement.Cli;
using EventSettlement.Cli.Verbs;
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
    [InlineData("settlement retry " + Id + " --yes")]
    [InlineData("item resolve " + Id + "-1:1")]
    [InlineData("item resolve " + Id + "-1:1 --paid tx --write-off gone")]
    [InlineData("item resolve 7 --paid tx")]
    [InlineData("run start study-refund")]
    [InlineData("run start study-refund --date tomorrow")]
    [InlineData("settlement list --api nowhere")]
    public async Task Wrong_usage_ends_with_2(string line) => Assert.Equal(ExitCode.Usage, await Run(line));

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
    [InlineData("28P01", ExitCode.Failed)]
    public void A_database_that_could_do_it_later_ends_with_5(string state, int code) => Assert.Equal(
        code, CommandLine.Explain(new PostgresException("told", "ERROR", "ERROR", state))!.ExitCode);

    private static Task<int> Run(string line) => CommandLine.Run("test", line.Split(' '),
        SettlementVerbs.Command(), ItemVerbs.Command(), RunVerbs.Command(), LedgerVerbs.Command());
}
