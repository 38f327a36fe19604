using System.Text;
using EventSettlement.IntegrationTests.Cli;

namespace EventSettlement.IntegrationTests.Payees;

[Collection(ConsoleTests.Name)]
public sealed class TaxVerbTests(SettledInstallation installation) : IClassFixture<SettledInstallation>, IDisposable
{
    private readonly string _file = Path.Combine(
        Directory.CreateTempSubdirectory("settle-tax-").FullName,
        "payees.csv"
    );

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Fact]
    public async Task A_file_is_put_in_requests_of_a_thousand_and_again_changes_nothing()
    {
        var rows = Enumerable.Range(0, 2_500).Select(i => $"2026-11-01,F-{i},{(i % 2 == 0 ? "PERSONAL" : "NONE")}");
        var text =
            "\uFEFFfrom,payee_id,kind\r\n" + string.Join("\r\n", rows) + "\r\n\"2026-11-02\",\"=창,\"\"작\"\"자\",NONE";
        Assert.Equal((0, "2501 put, 0 unchanged", ""), await Put(text));
        Assert.Equal((0, "0 put, 2501 unchanged", ""), await Put(text));
        Assert.Equal("2500", await installation.Text("SELECT count(*) FROM payee_tax WHERE payee_id LIKE 'F-%'"));

        var (_, csv, _) = await installation.SettleWords(
            "payee",
            "tax",
            "list",
            "--payee",
            "=창,\"작\"자",
            "-o",
            "csv"
        );
        Assert.StartsWith("\"'=창,\"\"작\"\"자\",2026-11-02,NONE,2", csv.Split("\r\n")[1], StringComparison.Ordinal);
        Assert.Equal(["PERSONAL"], await installation.Column("payee tax list --payee F-0", "kind"));
        Assert.Equal(2_500, (await installation.Column("payee tax list", "payee_id")).Count(id => id.StartsWith("F-")));
    }

    [Fact]
    public async Task A_file_with_a_wrong_line_is_not_sent_at_all()
    {
        var rows = string.Concat(Enumerable.Range(0, 1_200).Select(i => $"W-{i},2026-11-01,PERSONAL\n"));
        var (exit, told, error) = await Put($"payee_id,from,kind\n{rows}W-x,01.11.2026,person\n");
        Assert.Equal((2, ""), (exit, told));
        Assert.Equal(
            [
                "line 1202, from: is a date such as 2026-11-01",
                "line 1202, kind: is NONE or PERSONAL",
                "Nothing was sent: correct these and put the file again.",
            ],
            error.TrimEnd().Split('\n').Select(line => line.TrimEnd())
        );
        Assert.Equal("0", await installation.Text("SELECT count(*) FROM payee_tax WHERE payee_id LIKE 'W-%'"));
    }

    [Fact]
    public async Task A_file_that_is_not_there_and_one_without_rows_put_nothing()
    {
        Assert.Equal(2, (await installation.SettleWords("payee", "tax", "put", _file)).Exit);
        Assert.Equal((0, "0 put, 0 unchanged", ""), await Put("payee_id,from,kind\n"));
    }

    private async Task<(int Exit, string Told, string Error)> Put(string text)
    {
        await File.WriteAllTextAsync(_file, text, new UTF8Encoding(false));
        var (exit, told, error) = await installation.SettleWords("payee", "tax", "put", _file);
        return (exit, told.TrimEnd(), error);
    }
}
