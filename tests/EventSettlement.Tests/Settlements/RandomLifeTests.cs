using EventSettlement.Contracts;
using EventSettlement.Settlements.Saga;
using EventSettlement.Tests.Settlements.Model;
using Xunit.Abstractions;
using static EventSettlement.Tests.Settlements.Messages;

namespace EventSettlement.Tests.Settlements;

/// <summary>
/// Settlements led through random lives: answers in any order, repeats, commands, timers true and stale.
/// </summary>
public sealed class RandomLifeTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(null)]
    [InlineData(20261121)]
    public async Task Whatever_comes_in_whatever_order_the_rules_hold(int? fixedSeed)
    {
        var seed = fixedSeed ?? Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        for (var life = 0; life < 4; life++)
        {
            await using var h = await SettlementHarness.Start();
            await Live(h, new PlayedPayouts(h.Id, new Random(seed + life)), $"seed {seed}, life {life}");
        }
    }

    private static async Task Live(SettlementHarness h, PlayedPayouts payouts, string which)
    {
        await h.Tell(Requested(h.Id, null, payouts.Counts));
        var cycle = 1;
        for (var step = 0; step < 60; step++)
        {
            var before = h.State.Copy();
            payouts.Serve(h.PayParts, h.Cancels);
            if (payouts.Random.Next(5) == 0 && before.TimerToken is { } token)
                await h.Elapse(payouts.Random.Next(4) == 0 ? Guid.NewGuid() : token);
            else
            {
                var (message, repeated) = payouts.Next(before.State);
                await h.Tell(message);
                if (repeated)
                    Assert.Equal(Picture(before), Picture(h.State));
                if (message is RetrySettlement && h.State.Attempt > before.Attempt)
                    cycle = h.State.Attempt;
                if (before.Due && !h.State.Due && h.State.State == before.State)
                    await h.UntilState("PROCESSING");
            }

            Check(h, before, which);
            Assert.True(
                h.State.Attempt - cycle < 4,
                $"{which}: attempt {h.State.Attempt} of a cycle that began with {cycle}"
            );
        }
    }

    private static void Check(SettlementHarness h, Settlement before, string which)
    {
        var s = h.State;
        Assert.All(s.Parts, part => Assert.Equal(2, part.Counts.Items));
        Assert.Equal(400, s.Amount);
        var states = h.Events.OrderBy(e => e.Seq).Select(e => e.State).Prepend("").ToList();
        Assert.All(
            states.Zip(states.Skip(1)),
            move => Assert.True(LifeProperties.Legal.Contains(move), $"{which}: {move}")
        );
        Assert.Equal(s.Attempt, states.Count(state => state == "PROCESSING"));
        Assert.InRange(s.RetriesLeft, 0, 3);
        Assert.Equal(s.State == "PROCESSING", s.Parts.Any(p => p.Open));
        if (s.State is "COMPLETED" or "FAILED" or "AWAITING_RETRY")
            Assert.Equal(s.State == "COMPLETED", SettlementRules.AllSettled(s));
        if (s.State == "FAILED" && before.State != "FAILED")
            Assert.True(
                s.RetriesLeft == 0 || !SettlementRules.HasToSend(s, false),
                $"{which}: failed with retries left"
            );
        if (s.Attempt > before.Attempt)
            Assert.False(before.Held && h.State.Held, $"{which}: an attempt started while held");
    }

    private static string Picture(Settlement s) =>
        $"{s.State} {s.Attempt} {s.RetriesLeft} {PartState.Write(s.Parts)} {s.Held} {s.Cancelling} {s.Due} {s.Seq} "
        + $"{s.AnsweredCommands.Length}";
}
