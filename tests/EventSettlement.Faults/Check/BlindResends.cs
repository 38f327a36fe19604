namespace EventSettlement.Faults.Check;

/// <summary>R4: what was credited is never sent again unless it was asked for by key in between.</summary>
internal static class BlindResends
{
    public static IEnumerable<Violation> Check(Truth truth, IEnumerable<Call> calls)
    {
        var byKey = calls.ToLookup(c => c.Key);
        foreach (var credit in truth.Credits)
        {
            var asked = byKey[credit.Key].OrderBy(c => c.At).ToList();
            var first = asked.Find(c => c.Way == "bulk");
            foreach (var again in asked.Where(c => c.Way == "bulk" && c.At > credit.At && c != first))
                if (!asked.Exists(c => c.Way == "lookup" && c.At > first!.At && c.At < again.At))
                    yield return new Violation("R4", $"{credit.Key} was sent again blindly",
                        [.. asked.Select(c => $"{c.At:HH:mm:ss.ffffff} {c.Way}"), credit.ToString()]);
        }
    }
}
