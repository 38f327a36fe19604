using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using Npgsql;

namespace EventSettlement.IntegrationTests.BadgeBonus;

/// <summary>
/// A programme that the product does not have: each month a team's members get the bonuses of their badges. What a
/// cancelled settlement took is settled with the next month.
/// </summary>
internal sealed class BadgeBonusProgramme(Database database) : IProgramme
{
    public const string Name = "badge-bonus";
    public const string Topic = "badges-awarded";

    private const string OwedSql = """
        SELECT team, member_id, sum(amount)::bigint, count(*) FROM badge
        WHERE run_id IS NULL AND awarded_at < $1 AND ($2 IS NULL OR team = $2)
        GROUP BY team, member_id ORDER BY team COLLATE "C", member_id COLLATE "C"
        """;

    private const string SettledSql = """
        SELECT team, member_id, sum(amount)::bigint, count(*) FROM badge WHERE period = $1 AND ($2 IS NULL OR team = $2)
        GROUP BY team, member_id ORDER BY team COLLATE "C", member_id COLLATE "C"
        """;

    private const string MarkSql = """
        UPDATE badge SET run_id = $2, period = $3 WHERE team = ANY ($1) AND run_id IS NULL AND awarded_at < $4
        """;

    private const string GiveBackSql = "UPDATE badge SET run_id = NULL, period = NULL WHERE team = $1 AND period = $2";

    private const string LeftOutSql = "SELECT DISTINCT team FROM badge WHERE run_id IS NULL AND awarded_at >= $1";

    public static readonly ProgrammeTerms Terms = new(Name)
    {
        SubjectWord = "team",
        PayeeWord = "member",
        SourceAccount = "bonus-cost",
        Cron = "0 0 3 1 * ?",
        FactTopics = [Topic],
    };

    ProgrammeTerms IProgramme.Terms => Terms;

    public async IAsyncEnumerable<IReadOnlyList<Owed>> ReadOwed(
        OwedQuestion question,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var end = MonthBegin(question.Date);
        await using var command = database.Hot.CreateCommand(OwedSql);
        command.Parameters.AddWithValue(Seoul.Begin(end));
        command.Parameters.Add(Text(question.Subject));
        foreach (var chunk in (await Read(command, PeriodBefore(end), cancel)).Chunk(2))
            yield return chunk;
    }

    public async IAsyncEnumerable<LeftOut> ReadLeftOut(
        OwedQuestion question,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var command = database.Hot.CreateCommand(LeftOutSql);
        command.Parameters.AddWithValue(Seoul.Begin(MonthBegin(question.Date)));
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
            yield return new LeftOut(row.GetString(0), "has badges of a month that has not ended");
    }

    public IReadOnlyList<Marking> Mark(IReadOnlyList<Owed> chunk, long run)
    {
        var period = chunk[0].Period;
        var end = DateOnly.ParseExact(period + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture).AddMonths(1);
        var statement = new NpgsqlBatchCommand(MarkSql)
        {
            Parameters =
            {
                RowArrays.Texts([.. chunk.Select(o => o.Subject)]),
                new() { Value = run },
                new() { Value = period },
                new() { Value = Seoul.Begin(end) },
            },
        };
        return [new Marking(statement, (int)chunk.Sum(o => BadgesIn(o.Basis)))];
    }

    public GivenBack GiveBack(string subject, string period, IReadOnlyList<BookingLine> creation) =>
        new(
            [
                new(GiveBackSql)
                {
                    Parameters =
                    {
                        new() { Value = subject },
                        new() { Value = period },
                    },
                },
            ],
            []
        );

    public async IAsyncEnumerable<IReadOnlyList<Owed>> Recount(
        string period,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        await using var command = database.Hot.CreateCommand(SettledSql);
        command.Parameters.AddWithValue(period);
        command.Parameters.Add(Text(null));
        yield return await Read(command, period, cancel);
    }

    public Task<OwedReason> Explain(OwedDocument document, CancellationToken cancel) =>
        Task.FromResult(
            new OwedReason(
                $"{document.Amount} {document.Currency} for {BadgesIn(document.Basis)} badges of {document.Period}",
                [.. document.Items.Select(item => $"{item.Amount} for the badges of {item.Payee}")],
                [new ReasonLine("badges", document.Amount)]
            )
        );

    private static async Task<List<Owed>> Read(NpgsqlCommand command, string period, CancellationToken cancel)
    {
        var rows = new List<(string Team, string Member, long Amount, long Badges)>();
        await using (var row = await command.ExecuteReaderAsync(cancel))
            while (await row.ReadAsync(cancel))
                rows.Add((row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3)));
        return
        [
            .. rows.GroupBy(r => r.Team)
                .Select(team => new Owed(
                    team.Key,
                    period,
                    "KRW",
                    [.. team.Select(r => r.Member)],
                    [.. team.Select(r => r.Amount)],
                    [new BookingLine("bonus-cost", -team.Sum(r => r.Amount))],
                    JsonSerializer.Serialize(new { badges = team.Sum(r => r.Badges) })
                )),
        ];
    }

    private static long BadgesIn(string basis)
    {
        using var json = JsonDocument.Parse(basis);
        return json.RootElement.GetProperty("badges").GetInt64();
    }

    private static DateOnly MonthBegin(DateOnly date) => new(date.Year, date.Month, 1);

    private static string PeriodBefore(DateOnly month) =>
        month.AddMonths(-1).ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static NpgsqlParameter Text(string? text) =>
        new() { Value = text ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };
}
