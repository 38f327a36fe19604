using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using EventSettlement.Api;
using EventSettlement.Platform;

namespace EventSettlement.Payees;

/// <summary>A profile as it was put. Of several for one payee and day the last one counts.</summary>
/// <param name="From">The first day, in Seoul.</param>
/// <param name="PutBy">Name of the key.</param>
/// <param name="Seq">Its place among all that was ever put.</param>
public sealed record PayeeTaxRow(
    string PayeeId,
    DateOnly From,
    [property: AllowedValues(TaxKinds.None, TaxKinds.Personal)] string Kind,
    DateTimeOffset PutAt,
    string PutBy,
    [property: JsonIgnore] long Seq
);

/// <summary>All that was put, by payee and day, for people to look at.</summary>
public sealed class TaxReads(Database database)
{
    public const string Columns = "payee_id,from,kind,put_at,put_by";

    private const string ListPut = """
        SELECT payee_id, from_date AS "from", kind, put_at, put_by, seq FROM payee_tax
        WHERE (@payee IS NULL OR payee_id = @payee) AND (payee_id, from_date, seq) > (@id, @from, @seq)
        ORDER BY payee_id, from_date, seq LIMIT @limit
        """;

    private const string LastPut = """
        SELECT payee_id, from_date AS "from", kind, put_at, put_by, seq FROM payee_tax
        WHERE payee_id = @payee AND from_date = @from ORDER BY seq DESC LIMIT 1
        """;

    public async Task<Page<PayeeTaxRow>> List(string? payee, int? limit, string? after, CancellationToken cancel)
    {
        var most = Paging.Limit(limit);
        var (id, from, seq) = Place(after);
        var rows = await database.Query<PayeeTaxRow>(
            ListPut,
            new
            {
                payee,
                id,
                from,
                seq,
                limit = most + 1,
            },
            cancel
        );
        return Paging.Cut(rows, most, r => $"{r.From:yyyy-MM-dd}|{r.Seq:D19}|{r.PayeeId}");
    }

    /// <returns>Null where nothing was ever put for that day.</returns>
    public Task<PayeeTaxRow?> Find(string payee, DateOnly from, CancellationToken cancel) =>
        database.QueryOne<PayeeTaxRow>(LastPut, new { payee, from }, cancel);

    private static (string Id, DateOnly From, long Seq) Place(string? after)
    {
        if (Paging.Decode(after) is not { } text)
            return ("", DateOnly.MinValue, 0);
        return
            text.Length > 31
            && text[10] == '|'
            && text[30] == '|'
            && PlainText.IsPlain(text)
            && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, default, out var from)
            && long.TryParse(text[11..30], NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            ? (text[31..], from, seq)
            : throw Paging.Unknown();
    }
}
