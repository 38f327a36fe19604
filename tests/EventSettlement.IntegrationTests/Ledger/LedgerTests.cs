using EventSettlement.IntegrationTests.Runs;
using EventSettlement.Ledger;
using EventSettlement.Programmes;
using EventSettlement.Settlements.Explain;
using EventSettlement.StudyRefunds;
using Npgsql;

namespace EventSettlement.IntegrationTests.Ledger;

public sealed class LedgerTests
{
    [Fact]
    public async Task A_transaction_that_does_not_balance_is_refused()
    {
        await using var world = await RunWorld.WithStudies(0);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => world.Do(Insert(100, -99)));
        Assert.Equal("23514", refused.SqlState);
        Assert.Equal(0, await world.Number("SELECT count(*) FROM posting"));
    }

    [Theory]
    [InlineData("UPDATE posting SET amount = 0")]
    [InlineData("DELETE FROM posting")]
    [InlineData("TRUNCATE posting")]
    public async Task What_is_posted_stays(string sql)
    {
        await using var world = await RunWorld.WithStudies(0);
        await world.Do(Insert(100, -100));
        Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => world.Do(sql))).SqlState);
        Assert.Equal(2, await world.Number("SELECT count(*) FROM posting"));
    }

    [Fact]
    public async Task Verification_finds_a_payment_that_was_not_posted()
    {
        await using var world = await RunWorld.WithStudies(3);
        await world.Start();
        await world.Planner().Step(default);
        var verification = new LedgerVerification(world.Database);
        Assert.True((await verification.Verify(default)).Right);
        await world.Do(
            """
            UPDATE settlement_item SET state = 'PAID'
            WHERE (settlement_id, no) = (SELECT settlement_id, no FROM settlement_item WHERE amount > 0 LIMIT 1)
            """
        );
        var proof = await verification.Verify(default);
        Assert.False(proof.Right);
        Assert.Equal(2, proof.Findings.Count);
    }

    [Fact]
    public async Task Balances_are_the_sums_and_entries_come_in_pages()
    {
        await using var world = await RunWorld.WithStudies(20);
        await world.Start();
        await world.Planner().Step(default);
        var reads = new LedgerReads(world.Database);
        var balances = (await reads.Balances(null, null, default)).Items;
        Assert.Equal(0, balances.Sum(b => b.Balance));
        Assert.Equal(
            await world.Number("SELECT sum(amount) FROM settlement_request"),
            balances.Single(b => b.Account == Accounts.Payable("study-refund")).Balance
        );
        var all = (await reads.Entries(null, null, 200, null, default)).Items;
        var first = await reads.Entries(null, null, 7, null, default);
        Assert.True(first.HasMore);
        var rest = await reads.Entries(null, null, 200, first.After, default);
        Assert.Equal(all, first.Items.Concat(rest.Items));
        Assert.Equal(
            all.Where(e => e.SettlementId == all[0].SettlementId),
            (await reads.Entries(all[0].SettlementId, null, 10, null, default)).Items
        );
        Assert.Equal(
            all.Where(e => e.Account == all[0].Account),
            (await reads.Entries(null, all[0].Account, 200, null, default)).Items
        );
    }

    [Fact]
    public async Task A_settlement_is_explained_to_the_won()
    {
        await using var world = await RunWorld.WithStudies(0);
        await world.Take([
            """
            {"studyId":"S-1","completedAt":"2026-01-01T00:00:00+09:00","currency":"KRW","depositPerMember":30000,
            "penaltyPerAbsence":3000,"participants":[{"memberId":"M-1","absences":2},{"memberId":"M-2","absences":11}]}
            """,
        ]);
        var run = await world.Start();
        await world.Planner().Step(default);
        await world.Do(
            """
            UPDATE settlement_item SET state = 'PAID', transaction_id = 'tx-9', paid_at = '2026-01-09T18:00:05Z'
            WHERE no = 1
            """
        );
        var id = EventSettlement.Contracts.SettlementId.For("study-refund", "S-1", "once");
        var explanation = (await Explain(world, id))!;
        var origin = $"fact at study-completed/0/0; run {run} for 2026-01-10";
        Assert.Equal(
            [
                $"24,000 = 30,000 − 2 absences × 3,000; {origin}; paid as tx-9 on 2026-01-10 03:00:05 KST",
                $"0 = max(0, 30,000 − 11 absences × 3,000); {origin}; nothing to pay",
            ],
            explanation.Items.Select(i => i.Text)
        );
        Assert.Equal((24_000L, 24_000L), (explanation.Amount, explanation.PaidAmount));
        Assert.Equal(
            [new ReasonLine("deposited", 60_000), new ReasonLine("kept for absences", -36_000)],
            explanation.Lines
        );
        Assert.Null(await Explain(world, Guid.Empty));
    }

    private static Task<Explanation?> Explain(RunWorld world, Guid id) =>
        new ExplainQuery(world.Database, new ProgrammeList([new StudyRefund(world.Database)])).Explain(id, default);

    private static string Insert(long debit, long credit) =>
        $"""
            INSERT INTO posting VALUES (1, 1, 'a', 'KRW', {debit}, 'creation', 'r', gen_random_uuid(), clock()),
                                       (1, 2, 'b', 'KRW', {credit}, 'creation', 'r', gen_random_uuid(), clock())
            """;
}
