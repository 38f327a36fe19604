namespace EventSettlement.Faults.Check;

/// <summary>
/// R4: what was credited is never sent again unless it was asked for by key in between. A server that stood still
/// meanwhile does not know; it may send once more what it had claimed before, and the key makes that harmless.
/// </summary>
internal static class BlindResends
{
    public static IEnumerable<Violation> Check(Truth truth, IEnumerable<Call> calls, List<Frozen> freezes)
    {
        var byKey = calls.ToLookup(c => c.Key);
        foreach (var credit in truth.Credits)
        {
            var asked = byKey[credit.Key].OrderBy(c => c.At).ToList();
            var first = asked.Find(c => c.Way == "bulk");
            foreach (var again in asked.Where(c => c.Way == "bulk" && c.At > credit.At && c != first))
                if (!asked.Exists(c => c.Way == "lookup" && c.At > first!.At && c.At < again.At)
                    && !IsZombies(again, first!, asked, freezes))
                    yield return new Violation("R4", $"{credit.Key} was sent again blindly",
                        [.. asked.Select(c => $"{c.At:HH:mm:ss.ffffff} {c.By} {c.Way}"), credit.ToString()]);
        }
    }

    private static bool IsZombies(Call again, Call first, List<Call> asked, List<Frozen> freezes) =>
        freezes.Exists(f => f.By == again.By && f.From < first.At && first.At < f.To && again.At > f.To
            && !asked.Exists(c => c.By == again.By && c.Way == "bulk" && c.At > f.To && c.At < again.At));
}
