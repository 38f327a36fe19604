using EventSettlement.Sandbox;

namespace EventSettlement.Tests.Sandbox;

public sealed class PointBookTests : IDisposable
{
    private readonly string _journal = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly ItemFaults _none = new(new FaultSwitch(new Faults(), TimeProvider.System));

    public void Dispose() => File.Delete(_journal);

    [Fact]
    public async Task A_key_is_credited_once_and_answers_with_its_first_transaction_after_a_restart()
    {
        string? first;
        await using (var book = Open())
        {
            first = (await book.Credit([Ask("k1")], _none)).Single().TransactionId;
            Assert.Equal(first, (await book.Credit([Ask("k1")], _none)).Single().TransactionId);
        }

        await using var again = Open();
        Assert.Equal(first, (await again.Credit([Ask("k1")], _none)).Single().TransactionId);
        Assert.NotEqual(first, (await again.Credit([Ask("k2")], _none)).Single().TransactionId);
        Assert.Equal(2, File.ReadAllLines(_journal).Length);
    }

    [Fact]
    public async Task A_key_with_another_amount_is_rejected_as_reused()
    {
        await using var book = Open();
        await book.Credit([Ask("k1")], _none);
        var told = (await book.Credit([Ask("k1") with { Amount = 2 }], _none)).Single();
        Assert.Equal(("REJECTED", "key_reused"), (told.Status, told.Code));
    }

    [Fact]
    public async Task Many_calls_for_one_key_at_once_give_one_credit()
    {
        await using var book = Open();
        var told = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => Task.Run(() => book.Credit([Ask("k1"), Ask("k2")], _none)))
        );
        Assert.Single(told.Select(t => t[0].TransactionId).Distinct());
        Assert.Equal(2, book.Count);
        Assert.Equal(2, File.ReadAllLines(_journal).Length);
    }

    [Fact]
    public async Task A_torn_last_line_was_never_answered_and_is_cut_off()
    {
        await using (var book = Open())
            await book.Credit([Ask("k1")], _none);
        await File.AppendAllTextAsync(_journal, "{\"key\":\"k2\",\"mem");
        await using var again = Open();
        Assert.Equal("UNKNOWN", (await again.Lookup(["k2"])).Single().Status);
        await again.Credit([Ask("k2")], _none);
        Assert.Equal(2, File.ReadAllLines(_journal).Length);
    }

    [Fact]
    public async Task Magic_members_behave_as_their_names_say()
    {
        await using var book = Open();
        Assert.Equal("member_closed", (await book.Credit([Ask("a", "M-CLOSED-1")], _none)).Single().Code);
        var tries = new List<string>();
        for (var i = 0; i < 3; i++)
            tries.Add((await book.Credit([Ask("b", "M-FAIL2-1")], _none)).Single().Status);
        Assert.Equal(["FAILED", "FAILED", "CREDITED"], tries);
        Assert.Equal("FAILED", (await book.Credit([Ask("c", "M-NEVER-1")], _none)).Single().Status);
    }

    [Fact]
    public void A_share_hits_the_same_keys_every_time_and_about_so_many()
    {
        var faults = new Faults { Reject = 0.1 };
        var hit = Enumerable.Range(0, 10_000).Count(n => faults.Hits(0.1, $"key-{n}", 1));
        Assert.InRange(hit, 800, 1200);
        Assert.Equal(faults.Hits(0.1, "key-7", 1), faults.Hits(0.1, "key-7", 1));
        Assert.Throws<System.Text.Json.JsonException>(() => Faults.Parse("{\"rejekt\":1}"));
    }

    private static CreditRequest Ask(string key, string member = "m") => new(key, member, 1000, "KRW", "r");

    private PointBook Open()
    {
        var book = new PointBook(_journal);
        book.Open();
        return book;
    }
}
