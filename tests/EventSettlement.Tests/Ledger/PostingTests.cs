using EventSettlement.Ledger;

namespace EventSettlement.Tests.Ledger;

public sealed class PostingTests
{
    private static readonly Guid Id = new("6f0d1d3e-0000-7000-8000-000000000001");

    [Fact]
    public void A_posting_reversed_undoes_it_line_by_line()
    {
        var creation = Posted(new("p:source", -300), new("p:payable", 240), new("p:income", 60));
        var reversal = creation.Reverse(PostingKinds.Cancel);
        Assert.Equal(PostingKinds.Cancel, reversal.Kind);
        Assert.Equal(creation.Reference, reversal.Reference);
        Assert.Equal([new("p:source", 300), new("p:payable", -240), new Line("p:income", -60)], reversal.Lines);
    }

    [Fact]
    public void Lines_of_zero_are_left_out() =>
        Assert.Equal(2, Posted(new("p:source", -300), new("p:payable", 300), new("p:income", 0)).Lines.Count);

    [Fact]
    public void Lines_that_do_not_sum_to_zero_are_no_posting() =>
        Assert.Throws<InvalidOperationException>(() => Posted(new("p:source", -300), new("p:payable", 299)));

    [Fact]
    public void An_account_stands_once() =>
        Assert.Throws<InvalidOperationException>(() =>
            Posted(new("p:source", -2), new("p:payable", 1), new("p:payable", 1))
        );

    [Fact]
    public void Nothing_is_no_posting() =>
        Assert.Throws<InvalidOperationException>(() => Posted(new Line("p:source", 0)));

    [Fact]
    public void Sums_past_64_bits_are_refused_and_not_wrapped() =>
        Assert.Throws<OverflowException>(() => Posted(new("a", long.MaxValue), new("b", 1), new("c", long.MinValue)));

    [Fact]
    public void A_booking_says_the_same_after_reading() =>
        Assert.Equal(
            new Dictionary<string, long> { ["payable"] = 240, ["source"] = -240 },
            Booking.Read(Booking.Write(Posted(new("p:source", -240), new("p:payable", 240))))
        );

    [Fact]
    public void Differences_name_every_account_on_either_side() =>
        Assert.Equal(
            [("income", 60, 0), ("payable", 240, 241), ("other", 0, 5)],
            Booking
                .Differences(
                    new Dictionary<string, long> { ["payable"] = 240, ["income"] = 60 },
                    new Dictionary<string, long> { ["payable"] = 241, ["other"] = 5 }
                )
                .OrderBy(d => d.Account == "other")
        );

    private static Posting Posted(params Line[] lines) =>
        Posting.Of(Id, PostingKinds.Creation, References.Settlement(Id), "KRW", lines);
}
