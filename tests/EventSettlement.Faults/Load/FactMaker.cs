using System.Globalization;

namespace EventSettlement.Faults.Load;

/// <summary>A fact as it was sent.</summary>
internal sealed record Fact(string Study, string Body);

/// <summary>Facts from a seed; some participants forfeit all, some facts repeat or contradict one.</summary>
internal sealed class FactMaker(int seed)
{
    private const double Repeats = 0.02;
    private const double Contradictions = 0.005;
    private readonly Random _random = new(seed);
    private readonly List<Fact> _made = [];

    public Fact Next()
    {
        if (_made.Count > 500 && _random.NextDouble() is var chance and < Repeats + Contradictions)
        {
            // Of the older half: its original was answered long ago, unless a fault held it up.
            var old = _made[_random.Next(_made.Count / 2)];
            return chance < Repeats ? old : Contradict(old);
        }

        var fact = Make();
        _made.Add(fact);
        return fact;
    }

    private Fact Make()
    {
        var study = string.Create(CultureInfo.InvariantCulture, $"S-{seed}-{_made.Count}");
        var completed = DateTimeOffset.UtcNow.AddDays(-2 - _random.Next(20));
        var people = _random.Next(2, 8);
        return new Fact(
            study,
            Body(study, completed, Enumerable.Range(0, people).Select(i => ($"P-{_made.Count}-{i}", _random.Next(12))))
        );
    }

    /// <summary>A study that ended in the evening of that day.</summary>
    public static string Body(
        string study,
        DateTimeOffset completed,
        IEnumerable<(string Member, int Absences)> participants
    )
    {
        var people = participants.Select(p =>
            string.Create(CultureInfo.InvariantCulture, $"{{\"memberId\":\"{p.Member}\",\"absences\":{p.Absences}}}")
        );
        return string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"studyId\":\"{study}\",\"completedAt\":\"{completed:yyyy-MM-dd}T22:10:00+09:00\","
            )
            + "\"currency\":\"KRW\",\"depositPerMember\":30000,\"penaltyPerAbsence\":3000,"
            + $"\"participants\":[{string.Join(',', people)}]}}";
    }

    private static Fact Contradict(Fact old) =>
        old with
        {
            Body = old.Body.Replace(
                "\"penaltyPerAbsence\":3000",
                "\"penaltyPerAbsence\":2999",
                StringComparison.Ordinal
            ),
        };
}
