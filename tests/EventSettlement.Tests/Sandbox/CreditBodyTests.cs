using System.Buffers;
using System.Text;
using System.Text.Json;
using EventSettlement.Sandbox;

namespace EventSettlement.Tests.Sandbox;

public sealed class CreditBodyTests
{
    private const string Credits = """
        {"credits":[{"key":"k1","memberId":"m","amount":1,"currency":"KRW","reference":"r"}]
        """;

    [Theory]
    [InlineData("")]
    [InlineData("}}")]
    [InlineData("} x")]
    [InlineData("}{\"credits\":[]}")]
    [InlineData(",\"more\":[1}")]
    public void A_body_that_does_not_end_as_one_object_credits_nothing(string end)
    {
        Assert.ThrowsAny<JsonException>(() => CreditBody.ReadCredits(Bytes(Credits + end)));
        Assert.ThrowsAny<JsonException>(() => CreditBody.ReadKeys(Bytes("{\"keys\":[\"k1\"]" + end)));
    }

    [Theory]
    [InlineData("}")]
    [InlineData(" } \n")]
    [InlineData(",\"more\":[1,{\"a\":2}]}")]
    public void A_body_may_have_blanks_and_fields_behind_its_array(string end)
    {
        Assert.Equal("k1", Assert.Single(CreditBody.ReadCredits(Bytes(Credits + end))).Key);
        Assert.Equal("k1", Assert.Single(CreditBody.ReadKeys(Bytes("{\"keys\":[\"k1\"]" + end))));
    }

    private static ReadOnlySequence<byte> Bytes(string text) => new(Encoding.UTF8.GetBytes(text));
}
