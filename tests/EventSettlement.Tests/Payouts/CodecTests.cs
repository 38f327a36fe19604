using System.Text;
using System.Text.Json;
using EventSettlement.Contracts;
using EventSettlement.Payouts.Calls;

namespace EventSettlement.Tests.Payouts;

public sealed class CodecTests
{
    private static readonly string Key1 = SettlementId.ItemKey(Items.Settlement, 1);
    private static readonly string Key2 = SettlementId.ItemKey(Items.Settlement, 2);

    [Fact]
    public void The_request_is_that_of_the_contract()
    {
        var body = JsonDocument.Parse(RequestBody.Pay([Items.One(1, "M-\"가\"")])).RootElement.GetProperty("credits")[
            0
        ];
        Assert.Equal(Key1, body.GetProperty("key").GetString());
        Assert.Equal("M-\"가\"", body.GetProperty("memberId").GetString());
        Assert.Equal(1000, body.GetProperty("amount").GetInt64());
        Assert.Equal("KRW", body.GetProperty("currency").GetString());
        Assert.Equal("study-refund", body.GetProperty("reason").GetString());
        Assert.Equal(Items.Settlement.ToString("D"), body.GetProperty("reference").GetString());
        Assert.Equal(
            $$"""{"keys":["{{Key1}}","{{Key2}}"]}""",
            Encoding.UTF8.GetString(RequestBody.Lookup(Items.Of(2)).Span)
        );
    }

    [Theory]
    [InlineData("""{"results":[]}""", "Missing", "Missing")]
    [InlineData("""{"results":[{"key":"K1","status":"CREDITED","transactionId":"t"}]}""", "Credited", "Missing")]
    [InlineData(
        """{"results":[{"key":"K2","status":"FAILED"},{"key":"K1","status":"REJECTED"}]}""",
        "Rejected",
        "Failed"
    )]
    [InlineData(
        """{"results":[{"key":"K1","status":"FAILED"},{"status":"FAILED","key":"K1"}]}""",
        "Doubled",
        "Missing"
    )]
    [InlineData("""{"results":[{"key":"other","status":"FAILED"},7,{"key":null}]}""", "Missing", "Missing")]
    [InlineData("""{"results":[{"key":"K1","status":"CREDITED"}]}""", "Unreadable", "Missing")]
    [InlineData("""{"results":[{"key":"K1","status":"CREDITED","transactionId":""}]}""", "Unreadable", "Missing")]
    [InlineData(
        """{"results":[{"key":"K1","status":"CREDITED","transactionId":"a\u0000"}]}""",
        "Unreadable",
        "Missing"
    )]
    [InlineData("""{"results":[{"key":"K1","status":"CREDITED","transactionId":7}]}""", "Unreadable", "Missing")]
    [InlineData("""{"results":[{"key":"K1","status":"credited","transactionId":"t"}]}""", "Unreadable", "Missing")]
    [InlineData(
        """{"results":[{"key":"K1","status":"FAILED","status":"CREDITED","transactionId":"t"}]}""",
        "Unreadable",
        "Missing"
    )]
    [InlineData(
        """{"results":[{"key":"K1","status":"CREDITED","transactionId":"t","amount":"1000"}]}""",
        "Unreadable",
        "Missing"
    )]
    [InlineData(
        """{"more":{"a":[1]},"results":[{"key":"K1","status":"UNKNOWN","x":{"y":1}}],"z":1}""",
        "Unknown",
        "Missing"
    )]
    [InlineData("""{"results":[{"key":"K1","status":"FAILED"}""", "Unreadable", "Unreadable")]
    [InlineData("""{"results":[{"key":"K1","status":"FAILED"}]} {}""", "Unreadable", "Unreadable")]
    [InlineData("""{"results":[{"key":"K1","status":"REJECTED","code":"\ud800"}]}""", "Unreadable", "Unreadable")]
    [InlineData("""{"result":[]}""", "Unreadable", "Unreadable")]
    [InlineData("""{"results":[],"results":[{"key":"K1","status":"FAILED"}]}""", "Unreadable", "Unreadable")]
    [InlineData("[]", "Unreadable", "Unreadable")]
    [InlineData("", "Unreadable", "Unreadable")]
    [InlineData("<html>", "Unreadable", "Unreadable")]
    public void An_answer_is_read_by_key_or_not_at_all(string body, string first, string second)
    {
        var told = Read(body, 2);
        Assert.Equal((first, second), (told[0].Status.ToString(), told[1].Status.ToString()));
    }

    [Theory]
    [InlineData("\"amount\":1000", false)]
    [InlineData("\"amount\":1000.0,\"currency\":\"KRW\"", false)]
    [InlineData("\"amount\":null", false)]
    [InlineData("\"amount\":1001", true)]
    [InlineData("\"amount\":1000.5", true)]
    [InlineData("\"currency\":\"USD\"", true)]
    public void An_echo_is_compared_with_what_was_asked(string echo, bool other)
    {
        var told = Read($$"""{"results":[{"key":"K1","status":"CREDITED","transactionId":"t",{{echo}}}]}""", 1);
        Assert.Equal(other, told[0].OtherAmount);
    }

    [Fact]
    public void Ten_thousand_levels_are_an_unreadable_answer() =>
        Assert.Equal(AnswerStatus.Unreadable, Read("{\"results\":" + new string('[', 10_000), 1)[0].Status);

    [Fact]
    public void Bytes_that_are_no_text_leave_all_in_doubt()
    {
        byte[] body = [.. "{\"results\":[{\"key\":\"K\",\"status\":\"FAILED\",\"code\":\""u8, 0xFF, .. "\"}]}"u8];
        Assert.Equal(AnswerStatus.Unreadable, AnswerBody.Read(body, Items.Of(1))[0].Status);
    }

    [Fact]
    public void A_shuffled_answer_of_many_finds_every_item()
    {
        var items = Items.Of(500);
        var results = Enumerable
            .Range(1, 500)
            .Reverse()
            .Select(n =>
                $$"""{"key":"{{SettlementId.ItemKey(Items.Settlement,
            n)}}","status":"CREDITED","transactionId":"t{{n}}"}"""
            );
        var told = AnswerBody.Read(Encoding.UTF8.GetBytes($$"""{"results":[{{string.Join(',', results)}}]}"""), items);
        Assert.All(items, item => Assert.Equal($"t{item.No}", told[item.No - 1].TransactionId));
    }

    [Fact]
    public void Long_texts_are_cut_at_a_whole_character() =>
        Assert.Equal("ab", AnswerFields.Short("ab\U0001F600cd", 3));

    private static AnswerEntry[] Read(string body, int items) =>
        AnswerBody.Read(
            Encoding.UTF8.GetBytes(
                body.Replace("\"K1\"", $"\"{Key1}\"", StringComparison.Ordinal)
                    .Replace("\"K2\"", $"\"{Key2}\"", StringComparison.Ordinal)
            ),
            Items.Of(items)
        );
}
