using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Parked;

namespace EventSettlement.Tests.Messaging;

public sealed class ParkStatementTests
{
    [Theory]
    [InlineData("study 스터디-\U0001F600", "study 스터디-\U0001F600")]
    [InlineData("a\0b", "a\ufffdb")]
    public void A_reason_keeps_every_character_that_a_row_can_keep(string told, string kept) =>
        Assert.Equal(kept, Kept(told));

    [Fact]
    public void Half_a_character_is_replaced() =>
        Assert.Equal("half \ufffd, other half \ufffd", Kept("half \ud83d, other half \ude00"));

    [Fact]
    public void A_long_reason_is_cut_between_two_characters()
    {
        var kept = Kept(new string('a', 1_999) + "\U0001F600");
        Assert.Equal(new string('a', 1_999), kept);
    }

    private static string Kept(string message)
    {
        var record = new LogRecord(new TopicPartition("t", 0), 1, null, [], HeaderMap.Empty, DateTime.UnixEpoch);
        var command = ParkStatement.For("group", [new(record, "code", "/pointer", message)]);
        return ((string?[])command.Parameters[^1].Value!)[0]!;
    }
}
