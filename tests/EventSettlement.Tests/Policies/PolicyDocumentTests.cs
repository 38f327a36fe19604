using EventSettlement.Facts;
using EventSettlement.Policies;

namespace EventSettlement.Tests.Policies;

/// <summary>A policy is read as it is written, and every mistake in it is told.</summary>
public sealed class PolicyDocumentTests
{
    [Fact]
    public void What_is_right_is_read()
    {
        var (rate, from, mistakes) = Read("""{"from":"2028-02-29","rate":{"milli":2100}}""");
        Assert.Empty(mistakes);
        Assert.Equal(((long?)2100, (DateOnly?)new DateOnly(2028, 2, 29)), (rate, from));
    }

    [Theory]
    [InlineData("""{"from":"2026-11-01","rate":{"milli":1},"rate":{"milli":2}}""", "/rate")]
    [InlineData("""{"from":"2026-11-01","rate":{"milli":1,"milli":2}}""", "/rate/milli")]
    [InlineData("""{"from":"2026-11-01","rate":{"milli":1,"a/b":[{"c":1}]}}""", "/rate/a~1b")]
    [InlineData("""{"from":"2026-11-01","rate":{"milli":1},"Rate":{"milli":2}}""", "/Rate")]
    [InlineData("""{"from":"2026-11-01","rate":{"milli":1.0}}""", "/rate/milli")]
    [InlineData("""{"from":"2026-11-01","rate":{"milli":1e3}}""", "/rate/milli")]
    [InlineData("""{"from":"2026-11-01","rate":{"milli":-1}}""", "/rate/milli")]
    [InlineData("""{"from":"2026-11-01","rate":{"milli":"1"}}""", "/rate/milli")]
    [InlineData("""{"from":"2026-11-01","rate":{}}""", "/rate/milli")]
    [InlineData("""{"from":"2026-02-29","rate":{"milli":1}}""", "/from")]
    [InlineData("""{"from":"2026-11-01T00:00:00Z","rate":{"milli":1}}""", "/from")]
    [InlineData("""{"from":" 2026-11-01","rate":{"milli":1}}""", "/from")]
    [InlineData("""{"from":20261101,"rate":{"milli":1}}""", "/from")]
    [InlineData("""{"rate":{"milli":1}}""", "/from")]
    [InlineData("[]", "")]
    [InlineData("", "")]
    [InlineData("{} {}", "")]
    public void What_is_wrong_is_told_by_its_pointer(string json, string pointer)
    {
        var mistakes = Read(json).Mistakes;
        Assert.Contains(mistakes, m => m.Pointer == pointer && m.Rule.Length > 3);
    }

    [Fact]
    public void A_long_file_has_every_mistake_told()
    {
        var fields = string.Concat(Enumerable.Range(0, 60).Select(n => $",\"f{n}\":0"));
        var mistakes = Read($$"""{"from":"x","rate":{"milli":1}{{fields}}}""").Mistakes;
        Assert.Equal(61, mistakes.Count);
    }

    private static (long? Rate, DateOnly? From, List<PolicyMistake> Mistakes) Read(string json)
    {
        var fields = new Fields();
        var mistakes = PolicyDocument.Read(json, fields, ReadField, "from", "rate");
        return (fields.Rate, fields.From, mistakes);
    }

    private static void ReadField(ref FactReader json, string name, Fields fields)
    {
        if (name == "from")
            fields.From = json.Date("/from");
        else if (name == "rate")
            json.Object("/rate", "a rate is an object", fields, ReadRate, "milli");
        else
            json.Refuse("", name);
    }

    private static void ReadRate(ref FactReader json, string name, Fields fields)
    {
        if (name == "milli")
            fields.Rate = json.Integer("/rate/milli", 1_000_000_000);
        else
            json.Refuse("/rate", name);
    }

    private sealed class Fields
    {
        public long? Rate { get; set; }

        public DateOnly? From { get; set; }
    }
}
