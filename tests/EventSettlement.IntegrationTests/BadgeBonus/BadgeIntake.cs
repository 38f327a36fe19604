using EventSettlement.Facts;
using EventSettlement.Messaging.Batches;
using EventSettlement.Platform;

namespace EventSettlement.IntegrationTests.BadgeBonus;

/// <summary>A badge that was awarded.</summary>
internal sealed class Badge
{
    public string? BadgeId { get; set; }

    public string? Team { get; set; }

    public string? MemberId { get; set; }

    public long? Amount { get; set; }

    public DateTime? AwardedAt { get; set; }
}

/// <summary>Takes badges in, each once.</summary>
internal sealed class BadgeIntake : IBatchConsumer
{
    public const string Group = "badge-intake";

    private const string InsertSql = """
        INSERT INTO badge (badge_id, team, member_id, amount, awarded_at)
        SELECT * FROM unnest($1, $2, $3, $4, $5) ORDER BY 1 ON CONFLICT DO NOTHING
        """;

    public static FactProblems Read(byte[]? body, Badge badge) =>
        FactBody.Read(body, badge, ReadField, "badgeId", "team", "memberId", "amount", "awardedAt");

    public Task Consume(OwnedBatch batch, CancellationToken cancel) =>
        batch.Complete(
            async transaction =>
            {
                var badges = new List<Badge>();
                foreach (var record in batch.Records)
                {
                    var badge = new Badge();
                    var problems = Read(record.Body, badge);
                    if (problems.None)
                        badges.Add(badge);
                    else
                        transaction.Park(record, problems.Found);
                }

                await using var insert = transaction.Command(InsertSql);
                insert.Parameters.Add(RowArrays.Texts([.. badges.Select(b => b.BadgeId)]));
                insert.Parameters.Add(RowArrays.Texts([.. badges.Select(b => b.Team)]));
                insert.Parameters.Add(RowArrays.Texts([.. badges.Select(b => b.MemberId)]));
                insert.Parameters.Add(RowArrays.Bigints([.. badges.Select(b => b.Amount!.Value)]));
                insert.Parameters.Add(RowArrays.Times([.. badges.Select(b => new DateTimeOffset(b.AwardedAt!.Value))]));
                await insert.ExecuteNonQueryAsync(cancel);
            },
            cancel
        );

    private static void ReadField(ref FactReader json, string name, Badge badge)
    {
        switch (name)
        {
            case "badgeId":
                badge.BadgeId = json.Id("/badgeId");
                break;
            case "team":
                badge.Team = json.Id("/team");
                break;
            case "memberId":
                badge.MemberId = json.Id("/memberId");
                break;
            case "amount":
                badge.Amount = json.Integer("/amount", FactBody.MaxInteger);
                break;
            case "awardedAt":
                badge.AwardedAt = json.Instant("/awardedAt");
                break;
            default:
                json.Unknown("", name);
                break;
        }
    }
}
