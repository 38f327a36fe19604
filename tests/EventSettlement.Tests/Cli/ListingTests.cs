using System.Text.Json.Nodes;
using EventSettlement.Cli;
using EventSettlement.EventLog;
using EventSettlement.Settlements;

namespace EventSettlement.Tests.Cli;

public sealed class ListingTests
{
    [Fact]
    public async Task Csv_has_the_columns_of_the_interface_in_their_order()
    {
        var csv = await Written("csv", SettlementVerbs.Columns, """{"settlementId":"a","paidAmount":5,"held":true}""");
        Assert.Equal(
            "settlement_id,programme,subject,period,run_id,state,currency,amount,paid_amount,items,paid,"
                + "failed,rejected,in_doubt,attempt,held,payable_at,next_retry_at,updated_at\r\n"
                + "a,,,,,,,,5,,,,,,,true,,,\r\n",
            csv
        );
        Assert.Equal(
            "settlement_id,no,key,programme,subject,member_id,amount,currency,state,attempt,transaction_id,"
                + "error_code,paid_at\r\n",
            await Written("csv", SettlementVerbs.ItemColumns)
        );
        Assert.Equal(
            "parked_id,topic,partition,offset,code,pointer,message,first_seen,status\r\n",
            await Written("csv", ParkedVerbs.Columns)
        );
    }

    [Fact]
    public async Task Csv_quotes_separators_quotes_and_line_ends()
    {
        var csv = await Written("csv", "subject,amount", """{"subject":"a,\"b\"\nc","amount":-5}""");
        Assert.Equal("subject,amount\r\n\"a,\"\"b\"\"\nc\",-5\r\n", csv);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+cmd", "'+cmd")]
    [InlineData("-cmd", "'-cmd")]
    [InlineData("@sum", "'@sum")]
    [InlineData("\n=1+3", "'\n=1+3")]
    [InlineData(" \t =1+3", "' \t =1+3")]
    [InlineData("\u001b[2K", "'\u001b[2K")]
    [InlineData("-5", "-5")]
    [InlineData("S-1", "S-1")]
    [InlineData("", "")]
    public void A_cell_is_never_a_formula(string cell, string written) => Assert.Equal(written, Listing.Safe(cell));

    [Fact]
    public async Task Json_keeps_numbers_and_names_columns_as_csv_does()
    {
        var rows = JsonNode.Parse(
            await Written("json", "settlement_id,paid_amount", """{"settlementId":"a","paidAmount":5}""")
        )!;
        Assert.Equal(5, (long)rows[0]!["paid_amount"]!);
        Assert.Equal("[]", (await Written("json", "settlement_id")).Trim());
    }

    [Fact]
    public async Task A_table_shows_text_that_looks_like_markup_as_it_is()
    {
        var table = await Written("table", "subject", """{"subject":"[red]x[/]"}""");
        Assert.Contains("[red]x[/]", table, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_text_of_others_commands_the_terminal()
    {
        const string row = """{"subject":"a\u001b[2K\u001b[1A\rPAID\u0007\u009b1m\u202eb\nc"}""";
        var table = await Written("table", "subject", row);
        Assert.Contains(@"a\u001b[2K\u001b[1A\rPAID\u0007\u009b1m\u202eb\nc", table, StringComparison.Ordinal);
        Assert.DoesNotContain(table, c => char.IsControl(c) && c is not '\n');
        using var one = new StringWriter();
        Listing.One(JsonNode.Parse(row)!, "table", one);
        Assert.DoesNotContain(one.ToString().TrimEnd(), char.IsControl);
        Assert.Contains("\u001b[2K", await Written("csv", "subject", row), StringComparison.Ordinal);
    }

    [Fact]
    public async Task However_long_a_text_is_the_ids_stand_whole_beside_it()
    {
        var id = new string('회', 60);
        var table = await Written(
            "table",
            ParkedVerbs.Columns + ",member_id",
            $$"""
            {"parkedId":12345,"topic":"study-completed","offset":987654,
            "message":"{{new string('x', 2000)}}","memberId":"{{id}}"}
            """,
            """{"parkedId":2,"topic":"study-completed","offset":7,"message":"short"}"""
        );
        var lines = table.Split('\n');
        Assert.Contains(
            lines,
            l => l.Contains("12345", StringComparison.Ordinal) && l.Contains("987654", StringComparison.Ordinal)
        );
        Assert.Contains(id, table, StringComparison.Ordinal);
        Assert.Contains(
            lines,
            l =>
                l.Contains("short", StringComparison.Ordinal) && l.Contains("study-completed", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(200, ExitCode.Ok)]
    [InlineData(202, ExitCode.Ok)]
    [InlineData(400, ExitCode.Usage)]
    [InlineData(422, ExitCode.Usage)]
    [InlineData(401, ExitCode.Failed)]
    [InlineData(404, ExitCode.NotFound)]
    [InlineData(409, ExitCode.RefusedByState)]
    [InlineData(500, ExitCode.Failed)]
    [InlineData(503, ExitCode.Unavailable)]
    public void Each_answer_has_its_exit_code(int status, int code) => Assert.Equal(code, ExitCode.ForStatus(status));

    private static async Task<string> Written(string output, string columns, params string[] rows)
    {
        using var text = new StringWriter();
        await Listing.Write(
            rows.Select(r => JsonNode.Parse(r)!.AsObject()).ToAsyncEnumerable(),
            columns,
            output,
            text,
            CancellationToken.None
        );
        return text.ToString();
    }
}
