using EventSettlement.Platform;
using EventSettlement.Programmes;
using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.CreatorRevenue.Months;

/// <summary>What the programme keeps of the months that it settles, as it is written.</summary>
internal static class MonthRows
{
    private const string InsertSql = """
        INSERT INTO creator_month (run_id, creator_id, month, views, ad_views, earned, corrections, carried_in,
            withholding, payable, carried_out)
        SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING
        """;

    private const string CorrectSql = """
        INSERT INTO creator_correction (creator_id, month, corrected_month, amount)
        SELECT * FROM unnest($1, $2, $3, $4) ON CONFLICT DO NOTHING
        """;

    private const string TakeSql = """
        UPDATE creator_carry c SET taken_month = t.taken FROM unnest($1, $2, $3, $4) AS t(creator_id, month, cancelled,
            taken)
        WHERE c.creator_id = t.creator_id AND c.month = t.month AND c.cancelled = t.cancelled AND c.taken_month IS NULL
        """;

    private const string CarrySql = """
        INSERT INTO creator_carry (creator_id, month, cancelled, amount)
        SELECT creator_id, month, false, amount FROM unnest($1, $2, $3) AS c(creator_id, month, amount)
        ON CONFLICT DO NOTHING
        """;

    private const string GiveBackSql = """
        INSERT INTO creator_carry (creator_id, month, cancelled, amount)
        SELECT creator_id, month, true, payable + withholding FROM creator_month
        WHERE creator_id = $1 AND month = $2 AND payable + withholding <> 0
        """;

    public static IReadOnlyList<Marking> Mark(IReadOnlyList<OwedMonth> chunk, long run)
    {
        var insert = new NpgsqlBatchCommand(InsertSql) { Parameters = { new() { Value = run } } }
            .Texts(chunk, o => o.Creator)
            .Array(chunk, NpgsqlDbType.Date, o => o.Month)
            .Bigints(chunk, o => o.Earned.Views)
            .Bigints(chunk, o => o.Earned.AdViews)
            .Bigints(chunk, o => o.Earned.Earned)
            .Bigints(chunk, o => o.Corrections)
            .Bigints(chunk, o => o.CarriedIn)
            .Bigints(chunk, o => o.Payout.Withheld.Total)
            .Bigints(chunk, o => o.Payout.Payable)
            .Bigints(chunk, o => o.Payout.CarriedOut);
        var corrected = chunk.SelectMany(o => o.Corrected.Select(c => (Of: o, c.Month, c.Amount))).ToList();
        var carried = chunk.SelectMany(o => o.Carried.Select(c => (Of: o, c.Month, c.Cancelled))).ToList();
        var carriedOut = chunk.Where(o => o.Payout.CarriedOut != 0).ToList();
        Marking[] all =
        [
            new(insert, chunk.Count),
            new(
                new NpgsqlBatchCommand(CorrectSql)
                    .Texts(corrected, c => c.Of.Creator)
                    .Array(corrected, NpgsqlDbType.Date, c => c.Of.Month)
                    .Array(corrected, NpgsqlDbType.Date, c => c.Month)
                    .Bigints(corrected, c => c.Amount),
                corrected.Count
            ),
            new(
                new NpgsqlBatchCommand(TakeSql)
                    .Texts(carried, c => c.Of.Creator)
                    .Array(carried, NpgsqlDbType.Date, c => c.Month)
                    .Booleans(carried, c => c.Cancelled)
                    .Array(carried, NpgsqlDbType.Date, c => c.Of.Month),
                carried.Count
            ),
            new(
                new NpgsqlBatchCommand(CarrySql)
                    .Texts(carriedOut, o => o.Creator)
                    .Array(carriedOut, NpgsqlDbType.Date, o => o.Month)
                    .Bigints(carriedOut, o => o.Payout.CarriedOut),
                carriedOut.Count
            ),
        ];
        return [.. all.Where(marking => marking.Rows > 0)];
    }

    /// <summary>What was due, whatever it was made of, is carried out again.</summary>
    public static NpgsqlBatchCommand GiveBack(string creator, DateOnly month) =>
        new(GiveBackSql)
        {
            Parameters =
            {
                new() { Value = creator },
                new() { Value = month },
            },
        };
}
