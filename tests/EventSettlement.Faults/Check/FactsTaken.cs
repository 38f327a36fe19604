using System.Text;
using System.Text.Json;
using EventSettlement.Faults.Check.Known;
using EventSettlement.Faults.Injection.Outside;

namespace EventSettlement.Faults.Check;

/// <summary>I3: every record has one fate: taken, a repeat of what was taken, or parked with its exact bytes.</summary>
internal static class FactsTaken
{
    public static IEnumerable<Violation> Check(Truth truth)
    {
        var parked = truth.Parked.Where(p => p.Group == "study-intake").ToList();
        // What a broker refused of the load's facts was parked before it was in any log, and is judged by its effect.
        var refused = truth.Parked.Where(p => p is { Code: "refused_by_broker", Topic: "study-completed" });
        foreach (var inside in truth.Parked.Except(parked).Except(refused).Take(5))
            yield return new Violation(
                "I3",
                $"a message of our own was parked: {inside.Code} {inside.Message}",
                inside.ToString(),
                Encoding.UTF8.GetString(inside.Body)
            );
        var parkedBodies = parked.ToLookup(p => Convert.ToBase64String(p.Body));
        var sentBodies = truth.Facts.ToLookup(f => Convert.ToBase64String(f.Body));
        foreach (var unknown in parkedBodies.Where(p => !sentBodies.Contains(p.Key)).Take(5))
            yield return new Violation("I3", "parked bytes that nobody sent", Show(unknown.First().Body));
        foreach (var poison in sentBodies.Where(b => b.First().Poison && b.Any(f => f.Taken)))
            if (parkedBodies[poison.Key].Count() < poison.Count(f => f.Taken))
                yield return new Violation(
                    "I3",
                    $"{poison.Count()} records that cannot be read, " + $"{parkedBodies[poison.Key].Count()} parked",
                    Show(poison.First().Body)
                );
        foreach (var violation in Good(truth, parkedBodies))
            yield return violation;
    }

    private static IEnumerable<Violation> Good(Truth truth, ILookup<string, ParkedRow> parked)
    {
        var good = truth.Facts.Where(f => !f.Poison).Select(f => (Fact: f, Read: Parse(f.Body))).ToList();
        foreach (var study in good.GroupBy(g => g.Read.Study))
        {
            if (!truth.Studies.TryGetValue(study.Key, out var row))
            {
                if (study.Any(s => s.Fact.Taken))
                    yield return new Violation(
                        "I3",
                        $"study {study.Key} was accepted and is nowhere",
                        [.. study.Select(s => Show(s.Fact.Body))]
                    );
                continue;
            }

            if (!study.Any(s => IsSame(s.Read, row)))
                yield return new Violation("I3", $"study {study.Key} holds what nobody sent", row.ToString());
            foreach (
                var other in study
                    .Where(s => s.Fact.Taken && !IsSame(s.Read, row))
                    .GroupBy(s => Convert.ToBase64String(s.Fact.Body))
            )
                if (parked[other.Key].Count() < other.Count())
                    yield return new Violation(
                        "I3",
                        $"study {study.Key} was contradicted and that is not parked",
                        Show(other.First().Fact.Body)
                    );
            foreach (
                var repeat in study
                    .Where(s => IsSame(s.Read, row) && parked.Contains(Convert.ToBase64String(s.Fact.Body)))
                    .Take(1)
            )
                yield return new Violation(
                    "I3",
                    $"a repeat of study {study.Key} was parked",
                    row.ToString(),
                    Show(repeat.Fact.Body)
                );
        }

        var sent = good.Select(g => g.Read.Study).ToHashSet();
        foreach (var invented in truth.Studies.Keys.Where(s => !sent.Contains(s)).Take(5))
            yield return new Violation("I3", $"study {invented} was never sent");
    }

    private static StudySent Parse(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        return new StudySent(
            root.GetProperty("studyId").GetString()!,
            root.GetProperty("completedAt").GetDateTimeOffset().UtcDateTime,
            root.GetProperty("currency").GetString()!,
            root.GetProperty("depositPerMember").GetInt64(),
            root.GetProperty("penaltyPerAbsence").GetInt64(),
            root.GetProperty("participants")
                .EnumerateArray()
                .ToDictionary(p => p.GetProperty("memberId").GetString()!, p => p.GetProperty("absences").GetInt32())
        );
    }

    private static bool IsSame(StudySent sent, StudyRow row) =>
        (sent.Completed, sent.Currency, sent.Deposit, sent.Penalty)
            == (row.Completed, row.Currency, row.Deposit, row.Penalty)
        && sent.Absences.Count == row.Members.Length
        && row.Members.Zip(row.Absences).All(m => sent.Absences.GetValueOrDefault(m.First, -1) == m.Second);

    private sealed record StudySent(
        string Study,
        DateTime Completed,
        string Currency,
        long Deposit,
        long Penalty,
        Dictionary<string, int> Absences
    );

    private static string Show(byte[] body) => Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(300, body.Length)));
}
