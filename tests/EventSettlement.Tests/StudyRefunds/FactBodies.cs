using System.Text;
using EventSettlement.StudyRefunds.Facts;

namespace EventSettlement.Tests.StudyRefunds;

/// <summary>A good fact, to be spoilt in one place.</summary>
internal static class FactBodies
{
    public static readonly DateTime Now = new(2026, 11, 20, 0, 0, 0, DateTimeKind.Utc);

    public const string Good = """
        {"studyId":"S-1001","completedAt":"2026-11-19T22:10:00+09:00","currency":"KRW","depositPerMember":30000,
        "penaltyPerAbsence":3000,"participants":[{"memberId":"M-1","absences":2},{"memberId":"M-2","absences":0}]}
        """;

    public static DecodedStudy Decode(string body) => StudyFactDecoder.Decode(Encoding.UTF8.GetBytes(body), Now);

    public static DecodedStudy Spoilt(string from, string to)
    {
        Assert.Contains(from, Good, StringComparison.Ordinal);
        return Decode(Good.Replace(from, to, StringComparison.Ordinal));
    }
}
