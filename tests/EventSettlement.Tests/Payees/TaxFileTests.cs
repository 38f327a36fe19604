using System.Text;
using EventSettlement.Payees;

namespace EventSettlement.Tests.Payees;

public sealed class TaxFileTests
{
    private const string Header = "payee_id,from,kind\n";

    [Fact]
    public void Columns_stand_in_any_order_and_lines_end_in_any_way()
    {
        var (profiles, mistakes) = Read("kind,payee_id,from\r\nPERSONAL,CR-1,2026-11-01\r\n\r\nNONE,12,2025-01-31");
        Assert.Empty(mistakes);
        Assert.Equal(
            [
                new TaxProfile("CR-1", new DateOnly(2026, 11, 1), TaxKind.Personal),
                new TaxProfile("12", new DateOnly(2025, 1, 31), TaxKind.None),
            ],
            profiles
        );
    }

    [Theory]
    [InlineData("\uFEFF" + Header + "창작자,2026-11-01,NONE\n", "창작자")]
    [InlineData(Header + "\"a,b\",2026-11-01,NONE\n", "a,b")]
    [InlineData(Header + "\"say \"\"hi\"\"\",\"2026-11-01\",\"NONE\"", "say \"hi\"")]
    [InlineData("\"payee_id\",\"from\",\"kind\"\n a ,2026-11-01,NONE\n", " a ")]
    public void An_id_is_kept_as_it_stands(string text, string id)
    {
        var (profiles, mistakes) = Read(text);
        Assert.Empty(mistakes);
        Assert.Equal(id, Assert.Single(profiles).PayeeId);
    }

    [Theory]
    [InlineData("", "line 1: the file is empty; the first line names")]
    [InlineData("\n\n", "line 1: the file is empty; the first line names")]
    [InlineData("payee_id,from\nA,2026-11-01\n", "line 1, kind: stands once;")]
    [InlineData("payee_id,from,kind,from\n", "line 1, from: stands once;")]
    [InlineData("payee_id,from,kind,until\n", "line 1: 'until' is no column;")]
    [InlineData("payee_id;from;kind\n", "line 1: 'payee_id;from;kind' is no column;")]
    [InlineData(Header + "A,2026-11-31,NONE\n", "line 2, from: is a date such as 2026-11-01")]
    [InlineData(Header + "A,2026-1-1,NONE\n", "line 2, from: is a date such as 2026-11-01")]
    [InlineData(Header + "A,2026-11-01,personal\n", "line 2, kind: is NONE or PERSONAL")]
    [InlineData(Header + ",2026-11-01,NONE\n", "line 2, payee_id: is text of 1 to 64 characters")]
    [InlineData(Header + "\"a\nb\",2026-11-01,NONE\n", "line 2, payee_id: is text of 1 to 64 characters")]
    [InlineData(Header + "A,2026-11-01\n", "line 2: has 3 fields, and not 2")]
    [InlineData(Header + "A,2026-11-01,NONE,\n", "line 2: has 3 fields, and not 4")]
    [InlineData(Header + "A,2026-11-01,NONE\nB\"b,2026-11-01,NONE\n", "line 3: a field with a quote")]
    [InlineData(Header + "\n\"A\"a,2026-11-01,NONE\n", "line 3: a field with a quote")]
    [InlineData(Header + "\"A,2026-11-01,NONE\n", "line 2: a field with a quote")]
    public void A_mistake_is_named_by_line_field_and_rule(string text, string told)
    {
        var (_, mistakes) = Read(text);
        Assert.Contains(mistakes, m => $"{m}".StartsWith(told, StringComparison.Ordinal));
    }

    [Fact]
    public void All_mistakes_are_told_by_the_lines_that_an_editor_shows()
    {
        var (_, mistakes) = Read(Header + "\"a\n\nb\",x,y\nA,2026-11-01,NONE\nB,2026-02-29,NONE\n");
        Assert.Equal(
            [(2L, "payee_id"), (2L, "from"), (2L, "kind"), (6L, "from")],
            mistakes.Select(m => (m.Line, m.Field!))
        );
    }

    [Fact]
    public void An_id_has_64_characters_at_most_however_they_are_kept()
    {
        var longest = string.Concat(Enumerable.Repeat("🪙", 64));
        Assert.Equal(longest, Assert.Single(Read($"{Header}{longest},2026-11-01,NONE").Profiles).PayeeId);
        Assert.Equal("payee_id", Assert.Single(Read($"{Header}{longest}x,2026-11-01,NONE").Mistakes).Field);
    }

    [Fact]
    public void What_is_no_utf8_is_told_with_its_line()
    {
        byte[] file = [.. Encoding.UTF8.GetBytes(Header + "A,2026-11-01,NONE\n"), 0xC3, (byte)',', (byte)'x'];
        Assert.Equal("line 3: is text in UTF-8", $"{Assert.Single(TaxFile.Read(file).Mistakes)}");
    }

    private static (List<TaxProfile> Profiles, List<TaxFileMistake> Mistakes) Read(string text) =>
        TaxFile.Read(Encoding.UTF8.GetBytes(text));
}
