using EventSettlement.Contracts;
using EventSettlement.Ledger.Watching;
using EventSettlement.Settlements;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventSettlement.IntegrationTests.Payouts;

public sealed class WatchedPayoutTests : PayoutWorld
{
    protected override TimeSpan QuietPeriod => TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task Whatever_payouts_do_the_watch_finds_nothing_wrong()
    {
        Stub.Judge = m =>
            m is "M-1" ? "REJECTED"
            : m is "M-2" ? "FAILED"
            : "CREDITED";
        var id = await Plan(6);
        await Pay(id);
        await NothingIsWrong();
        await Saga(id, "FAILED");
        Assert.True((await Resolution.WriteOff(id, 1, "gone", "ann")).IsDone);
        await NothingIsWrong();
        Assert.True((await Resolution.MarkPaid(id, 2, "t-77", "seen in their books", "ann")).IsDone);
        await NothingIsWrong();
        var lost = await Plan(3, "N");
        Stub.Spoil = _ => null;
        await Pay(lost);
        await NothingIsWrong();
        await Saga(lost, "FAILED");
        await StopTests.Until(async () => await Resolver.Step(CancellationToken.None) > 0);
        await NothingIsWrong();
        var cancelled = await Plan(3, "C");
        await Consume(
            1,
            Topology.Message(
                cancelled.ToString(),
                new CancelItems(cancelled, Guid.NewGuid(), "ann", "no"),
                "payouts.member"
            )
        );
        Assert.Equal("CANCELLED 3", await States(cancelled));
        await NothingIsWrong();
        Assert.Equal(0, await Balance(cancelled, "payable"));
    }

    private async Task NothingIsWrong()
    {
        using var watch = new LedgerWatch(
            Database,
            new AskSettlement(Database, Outgoing, Topology),
            NullLogger<LedgerWatch>.Instance
        )
        {
            Delay = TimeSpan.Zero,
        };
        await Execute("UPDATE ledger_watch SET at = clock() - interval '50 seconds'");
        await watch.Step(CancellationToken.None);
        Assert.Equal("none", await Scalar<string>("SELECT coalesce(string_agg(message, '; '), 'none') FROM alert"));
    }
}
