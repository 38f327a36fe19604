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
    [InlineData("""{"results":[{"key":"K1","status":"REJECTED","code":"\ud800"}]}""", "Rejected", "Missing")]
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
        Assert.Null(AnswerBody.Read(Encoding.UTF8.GetBytes("{\"results\":" + new string('[', 10_000)), Items.Of(1)));

    [Fact]
    public void A_byte_order_mark_before_an_answer_is_passed_over()
    {
        byte[] body = [0xEF, 0xBB, 0xBF, .. Body("""{"key":"K1","status":"CREDITED","transactionId":"t"}""")];
        Assert.Equal(AnswerStatus.Credited, AnswerBody.Read(body, Items.Of(1))![0].Status);
    }

    [Theory]
    [InlineData("message", "\"gone \\ud83d\"", "gone \uFFFD")]
    [InlineData("message", "\"a\\n\\udc00\\\"b\"", "a\n\uFFFD\"b")]
    public void Half_a_character_in_a_text_for_people_takes_nothing_else_away(string field, string text, string read)
    {
        var body = $$"""
            {"results":[{"key":"K1","status":"REJECTED","code":"closed","{{field}}":{{text}}},
            {"key":"K2","status":"CREDITED","transactionId":"t"}]}
            """;
        var told = Read(body, 2);
        Assert.Equal((AnswerStatus.Rejected, "closed", read), (told[0].Status, told[0].Code, told[0].Message));
        Assert.Equal(AnswerStatus.Credited, told[1].Status);
    }

    [Fact]
    public void Bytes_of_another_encoding_in_a_text_for_people_take_nothing_else_away()
    {
        var entry = Body("""{"key":"K1","status":"REJECTED","code":"closed","message":"x?x"}""");
        entry[Array.IndexOf(entry, (byte)'?')] = 0xC5;
        var told = AnswerBody.Read(entry, Items.Of(1))!;
        Assert.Equal((AnswerStatus.Rejected, "x\uFFFDx"), (told[0].Status, told[0].Message));
    }

    [Theory]
    [InlineData("\"transactionId\":\"t\\ud83d\"")]
    [InlineData("\"transactionId\":\"t\",\"currency\":\"K\\ud83dW\"")]
    public void What_money_goes_by_spoils_its_own_entry_alone_when_it_is_broken(string fields)
    {
        var body = $$"""
            {"results":[{"key":"K1","status":"CREDITED",{{fields}}},
            {"key":"K2","status":"CREDITED","transactionId":"t"}]}
            """;
        Assert.Equal([AnswerStatus.Unreadable, AnswerStatus.Credited], Read(body, 2).Select(entry => entry.Status));
    }

    [Fact]
    public void A_status_that_the_contract_does_not_have_is_told()
    {
        var told = Read("""{"results":[{"key":"K1","status":"OK","transactionId":"t"}]}""", 1);
        Assert.Equal(AnswerStatus.Unreadable, told[0].Status);
        Assert.Contains("status OK", told[0].Message, StringComparison.Ordinal);
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
        Assert.All(items, item => Assert.Equal($"t{item.No}", told![item.No - 1].TransactionId));
    }

    [Fact]
    public void Long_texts_are_cut_at_a_whole_character() =>
        Assert.Equal("ab", AnswerFields.Short("ab\U0001F600cd", 3));

    /// <summary>Of a body that is none at all every item is unreadable.</summary>
    private static AnswerEntry[] Read(string body, int items) =>
        AnswerBody.Read(WithKeys(body), Items.Of(items))
        ?? [.. Enumerable.Repeat(new AnswerEntry(AnswerStatus.Unreadable), items)];

    private static byte[] Body(string result) => WithKeys($$"""{"results":[{{result}}]}""");

    private static byte[] WithKeys(string body) =>
        Encoding.UTF8.GetBytes(
            body.Replace("\"K1\"", $"\"{Key1}\"", StringComparison.Ordinal)
                .Replace("\"K2\"", $"\"{Key2}\"", StringComparison.Ordinal)
        );
}
