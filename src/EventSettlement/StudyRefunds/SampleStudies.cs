using System.Globalization;
using System.Text;
using EventSettlement.Programmes;

namespace EventSettlement.StudyRefunds;

/// <summary>Facts to try with: the same seed gives the same studies. Some members make the sandbox misbehave.</summary>
public static class SampleStudies
{
    public const int MembersEach = 10;

    private static readonly long[] Deposits = [10_000, 30_000, 50_000, 100_000];

    /// <summary>
    /// Closed account, fails twice, pays and drops the answer: what a sandbox plays by a member's id.
    /// </summary>
    public static readonly IReadOnlyList<string> Magic = ["M-CLOSED-1", "M-FAIL2-1", "M-DROP-1"];

    public static IEnumerable<SampleFact> Facts(SampleSize size) =>
        Lines(size.Subjects, MembersEach, size.Seed, size.Date)
            .Select(line => new SampleFact(StudyRefundsSlice.Topic, line));

    /// <summary>
    /// JSON lines for the topic <c>study-completed</c>, completed in the days before the business date.
    /// </summary>
    /// <param name="businessDate">Asia/Seoul; a run for it plans all of these studies.</param>
    /// <param name="magic">Members put first into one study each; null = <see cref="Magic"/>.</param>
    public static IEnumerable<string> Lines(
        int studies,
        int members,
        int seed,
        DateOnly businessDate,
        IReadOnlyList<string>? magic = null
    )
    {
        magic ??= Magic;
        var random = new Random(seed);
        var end = businessDate.ToDateTime(TimeOnly.MinValue);
        for (var study = 1; study <= studies; study++)
        {
            var at = end.AddSeconds(-random.Next(1, 3 * 24 * 3600));
            var deposit = Deposits[random.Next(Deposits.Length)];
            var line = new StringBuilder(128 + (members * 40))
                .Append(
                    CultureInfo.InvariantCulture,
                    $$"""
                    {"studyId":"S-{{seed}}-{{study}}","completedAt":"{{at:yyyy-MM-dd'T'HH:mm:ss}}+09:00",
                    """
                )
                .Append(
                    CultureInfo.InvariantCulture,
                    $$"""
                    "currency":"KRW","depositPerMember":{{deposit}},"penaltyPerAbsence":{{deposit
                        / 10}},"participants":[
                    """
                );
            for (var member = 0; member < members; member++)
            {
                var id =
                    member == 0 && study <= magic.Count
                        ? magic[study - 1]
                        : $"M-{((study - 1) * members) + member + 1}";
                // Now and then somebody was absent more often than the deposit covers, and gets nothing back.
                var absences = random.Next(20) == 0 ? 12 : random.Next(4);
                line.Append(member == 0 ? "" : ",")
                    .Append(CultureInfo.InvariantCulture, $$"""{"memberId":"{{id}}","absences":{{absences}}}""");
            }

            yield return line.Append("]}").ToString();
        }
    }
}
