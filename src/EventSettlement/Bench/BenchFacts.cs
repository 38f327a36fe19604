using System.Globalization;

namespace EventSettlement.Bench;

/// <summary>Facts that are all valid and all paid, each to members of its own.</summary>
internal static class BenchFacts
{
    public static string Study(string id, int members)
    {
        var participants = string.Join(
            ',',
            Enumerable
                .Range(1, members)
                .Select(m =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $$"""{"memberId":"{{id}}-{{m}}","absences":{{m % 4}}}"""
                    )
                )
        );
        return $$"""
            {"studyId":"{{id}}","completedAt":"2026-10-01T22:10:00+09:00","currency":"KRW",
            "depositPerMember":30000,"penaltyPerAbsence":3000,"participants":[{{participants}}]}
            """.ReplaceLineEndings("");
    }
}
