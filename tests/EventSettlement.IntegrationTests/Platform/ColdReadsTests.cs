using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Platform;

namespace EventSettlement.IntegrationTests.Platform;

public sealed class ColdReadsTests
{
    private sealed record Mixed(
        Guid SomeId,
        DateTimeOffset SeenAt,
        DateTimeOffset? PaidAt,
        DateOnly BusinessDate,
        decimal Amount,
        short Line,
        string? Reason
    );

    [Fact]
    public async Task Rows_become_records_by_the_names_of_their_columns()
    {
        await using var test = await TestDatabase.Create();
        await using var database = new Database(test.ConnectionString);
        var (id, at) = (Guid.NewGuid(), new DateTimeOffset(2026, 11, 21, 10, 0, 0, 123, 456, TimeSpan.FromHours(9)));
        var read = await database.QueryOne<Mixed>(
            """
            SELECT @id AS some_id, @at AS seen_at, NULL::timestamptz AS paid_at, date '2026-11-21' AS business_date,
                12345678901234567890::numeric AS amount, 2::smallint AS line, NULL AS reason
            """,
            new { id, at },
            default
        );
        Assert.Equal(
            new Mixed(id, at.ToUniversalTime(), null, new DateOnly(2026, 11, 21), 12345678901234567890m, 2, null),
            read
        );
        Assert.Equal(TimeSpan.Zero, read!.SeenAt.Offset);
    }

    [Theory]
    [InlineData(null, null, null, 4)]
    [InlineData("a,b", null, null, 2)]
    [InlineData(null, 3L, null, 1)]
    [InlineData(null, null, "b", 1)]
    public async Task A_filter_that_is_not_given_selects_all(string? states, long? run, string? subject, long found)
    {
        await using var test = await TestDatabase.Create();
        await using var database = new Database(test.ConnectionString);
        Assert.Equal(
            found,
            await database.QueryOne<long>(
                """
                SELECT count(*) FROM (VALUES ('a', 1), ('b', 2), ('c', 3), ('d', 4)) AS v (state, run)
                WHERE (@states::text[] IS NULL OR state = ANY (@states)) AND (@run IS NULL OR run = @run)
                    AND (@subject IS NULL OR state = @subject)
                """,
                new
                {
                    states = states?.Split(','),
                    run,
                    subject,
                },
                default
            )
        );
    }

    [Fact]
    public async Task Arrays_are_columns_and_no_row_is_null()
    {
        await using var test = await TestDatabase.Create();
        await using var database = new Database(test.ConnectionString);
        Assert.Equal(
            ["1 true", "2 false"],
            await database.Query<string>(
                "SELECT n || ' ' || b FROM unnest(@numbers, @flags) AS u (n, b) ORDER BY n",
                new { numbers = new[] { 1L, 2L }, flags = new[] { true, false } },
                default
            )
        );
        Assert.Null(await database.QueryOne<string>("SELECT 'x' WHERE false", null, default));
        Assert.Null(await database.QueryOne<bool?>("SELECT true WHERE false", null, default));
    }
}
