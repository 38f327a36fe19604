namespace EventSettlement.StudyRefunds.Facts;

/// <summary>Where a fact departs from the one that was taken first.</summary>
internal static class StudyDifference
{
    private const int MaxTold = 20;

    /// <summary>Pointers into the body that arrived; <c>/participants</c> where a member is missing from it.</summary>
    public static IReadOnlyList<string> Between(StudyFact taken, StudyFact arrived)
    {
        var pointers = new List<string>();
        Add(pointers, taken.CompletedAt != arrived.CompletedAt, "/completedAt");
        Add(pointers, taken.Currency != arrived.Currency, "/currency");
        Add(pointers, taken.Deposit != arrived.Deposit, "/depositPerMember");
        Add(pointers, taken.Penalty != arrived.Penalty, "/penaltyPerAbsence");
        var before = taken
            .Members.Zip(taken.Absences)
            .ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal);
        for (var i = 0; i < arrived.Members.Length; i++)
        {
            var known = before.Remove(arrived.Members[i], out var absences);
            Add(pointers, !known, $"/participants/{arrived.Places[i]}/memberId");
            Add(pointers, known && absences != arrived.Absences[i], $"/participants/{arrived.Places[i]}/absences");
        }

        Add(pointers, before.Count > 0, "/participants");
        return pointers;
    }

    /// <summary>The first of them, and how many more there are.</summary>
    public static string Told(IReadOnlyList<string> pointers) =>
        string.Join(", ", pointers.Take(MaxTold))
        + (pointers.Count > MaxTold ? $", and {pointers.Count - MaxTold} more" : "");

    private static void Add(List<string> pointers, bool differs, string pointer)
    {
        if (differs)
            pointers.Add(pointer);
    }
}
