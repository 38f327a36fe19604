using System.Text.Json.Nodes;
using EventSettlement.IntegrationTests.Policies;

namespace EventSettlement.IntegrationTests.Cli;

/// <summary>What scripts rely on: the columns of every list, in their order, in all three forms.</summary>
[Collection(ConsoleTests.Name)]
public sealed class ColumnTests(SettledInstallation installation) : IClassFixture<SettledInstallation>
{
    private const string Settlements =
        "settlement_id,programme,subject,period,run_id,state,currency,amount,"
        + "paid_amount,items,paid,failed,rejected,in_doubt,attempt,held,payable_at,next_retry_at,updated_at";

    private const string Items =
        "settlement_id,no,key,programme,subject,member_id,amount,currency,state,attempt,"
        + "transaction_id,error_code,paid_at";

    public static TheoryData<string, string> Lists =>
        new()
        {
            { "settlement list", Settlements },
            { "settlement items --run 1", Items },
            { "settlement items {paid}", Items },
            { "settlement history {paid}", "seq,at,from_state,to_state,cause,attempt,actor,reason" },
            { "parked list", "parked_id,topic,partition,offset,code,pointer,message,first_seen,status" },
            {
                "run list",
                "run_id,programme,date,kind,state,pay_at,actor,planned,created_at,planned_at,finished_at,"
                    + "retrying,next_retry_at,held,stop_reason,waits_for"
            },
            {
                "alert list",
                "cause,code,state,count,amount,currency,first_at,last_at,message,next,closed_by,close_reason"
            },
            { "downstream list", "name,state,code,reason,since,actor" },
            { "ledger balance", "account,currency,balance" },
            { "ledger entries", "transaction_id,line,account,currency,amount,kind,reference,settlement_id,at" },
            { $"policy list {TrialFees.Name}", "programme,effective_from,corrects,put_by,put_at" },
            { "log list", "group,topic,partition,next_offset,stopped" },
            { "payee tax list", "payee_id,from,kind,put_at,put_by" },
        };

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_list_has_its_columns_in_csv_json_and_table(string line, string columns)
    {
        line = line.Replace("{paid}", await installation.SettlementOf("S-2"), StringComparison.Ordinal);
        var csv = await Printed(line + " --output csv");
        Assert.Equal(columns, csv.Split("\r\n")[0]);
        var rows = JsonNode.Parse(await Printed(line + " --output json"))!.AsArray();
        Assert.NotEmpty(rows);
        Assert.All(rows, r => Assert.Equal(columns, string.Join(',', r!.AsObject().Select(f => f.Key))));
        var table = (await Printed(line + " --limit 1")).Split('\n');
        Assert.Equal(columns.Split(','), table[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain('\u001b', string.Concat(table));
        Assert.Equal(4, table.Length);
    }

    [Theory]
    [InlineData("views stats --by ad --period day", "by,id,period,start,views,watched_seconds,ad_views")]
    [InlineData(
        "creators list",
        "creator_id,month,views,ad_views,earned,withholding,carried_in,corrections,payable,carried_out,"
            + "settlement_id,state"
    )]
    [InlineData("views anomalies", "what,id,source_id,start,observed,expected,low,high,since,sentence")]
    [InlineData(
        "views forecast --by creator",
        "by,id,month,so_far,expected,low,high,error_percent,naive_error_percent,measured_on,sentence"
    )]
    [InlineData(
        "creators forecast",
        "by,creator_id,month,so_far,expected,low,high,error_percent,naive_error_percent,measured_on,sentence"
    )]
    public async Task A_list_of_nothing_has_its_columns_in_csv(string line, string columns) =>
        Assert.Equal(columns + "\r\n", await Printed(line + " --output csv"));

    [Fact]
    public async Task What_could_not_be_judged_is_said_beside_the_rows()
    {
        var (_, told, error) = await installation.Settle("views anomalies --output json");
        Assert.Empty(JsonNode.Parse(told)!.AsArray());
        Assert.Contains("Not enough history of days of contents: 28 days must lie before", error);
    }

    [Theory]
    [InlineData("settlement list", SettledInstallation.Studies)]
    [InlineData("settlement items --run 1", 2 * SettledInstallation.Studies)]
    [InlineData("settlement list --state FAILED", 1)]
    [InlineData("settlement list --state completed,failed --run 1", SettledInstallation.Studies)]
    [InlineData("settlement list --programme none", 0)]
    [InlineData("settlement items --member GONE", 1)]
    [InlineData("settlement items {paid} --member M-2", 1)]
    [InlineData("settlement items {paid} --member GONE", 0)]
    [InlineData("settlement items {paid} --run 99999", 0)]
    [InlineData("settlement items {paid} --run 1 --state PAID", 2)]
    [InlineData("settlement list --limit 7", 7)]
    [InlineData("settlement items --run 1 --limit 201", 201)]
    public async Task Csv_has_all_rows_unless_there_is_a_limit(string line, int rows)
    {
        line = line.Replace("{paid}", await installation.SettlementOf("S-2"), StringComparison.Ordinal);
        var (_, csv, error) = await installation.Settle(line + " --output csv");
        Assert.Equal(rows + 1, csv.TrimEnd().Split("\r\n").Length);
        Assert.Equal(
            line.Contains("--limit", StringComparison.Ordinal),
            error.StartsWith("There are more: --after ", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("settlement list", "settlement_id")]
    [InlineData("settlement items --run 1", "key")]
    [InlineData("parked list", "parked_id")]
    [InlineData("ledger entries", "transaction_id")]
    [InlineData("log list", "partition")]
    [InlineData("payee tax list", "from")]
    public async Task A_list_goes_on_after_the_place_that_was_told_and_after_an_id(string line, string id)
    {
        var all = await installation.Column(line, id);
        var (_, _, told) = await installation.Settle(line + " --limit 1 --output csv");
        if (all.Length > 1)
            Assert.Equal(
                all[1..],
                await installation.Column(
                    line + told[told.IndexOf(" --after", StringComparison.Ordinal)..].TrimEnd(),
                    id
                )
            );
        if (id is "settlement_id" or "key" or "parked_id")
            Assert.Equal(all[1..], await installation.Column($"{line} --after {all[0]}", id));
    }

    [Theory]
    [InlineData(
        "settlement show {paid}",
        "settlement_id,programme,subject,period,run_id,state,currency,amount,"
            + "paid_amount,items,paid,failed,rejected,in_doubt,attempt,held,payable_at,next_retry_at,updated_at,"
            + "created_at"
    )]
    [InlineData(
        "settlement explain {paid}",
        "settlement_id,programme,subject,period,state,currency,amount,paid_amount,run_id,text,lines,items"
    )]
    [InlineData(
        "run show 1",
        "run_id,programme,date,kind,state,pay_at,actor,planned,created_at,planned_at,"
            + "finished_at,stop_reason,retrying,next_retry_at,held,waits_for,totals"
    )]
    [InlineData(
        "parked show 1",
        "parked_id,topic,partition,offset,code,pointer,message,first_seen,seen,status,who,"
            + "reason,key_base64,headers,body_text,body_base64"
    )]
    [InlineData(
        $"policy show {TrialFees.Name} 2026-11-01",
        "programme,effective_from,corrects,put_by,put_at,document,changes_settled,changes_open"
    )]
    [InlineData("ledger verify", "right,passed,findings")]
    public async Task What_is_shown_as_json_has_the_names_of_the_columns(string line, string names)
    {
        line = line.Replace("{paid}", await installation.SettlementOf("S-2"), StringComparison.Ordinal);
        var shown = JsonNode.Parse(await Printed(line + " --output json"))!.AsObject();
        Assert.Equal(names, string.Join(',', shown.Select(f => f.Key)));
    }

    private async Task<string> Printed(string line)
    {
        var (exit, told, error) = await installation.Settle(line);
        Assert.True(exit == 0, error);
        return told;
    }
}
