using System.Globalization;

namespace EventSettlement.Tests.Settlements.Model;

/// <summary>What may happen next to a settlement; what it names is chosen among what is there.</summary>
internal enum Happening
{
    /// <summary>
    /// The request arrives (first, or sent again); A chooses when it is payable and what is owed, B whether it is held.
    /// </summary>
    Request,

    /// <summary>Payouts takes the A-th message it was sent; B says what became of the items.</summary>
    Serve,

    /// <summary>The A-th message under way arrives.</summary>
    Deliver,

    /// <summary>The A-th message that arrived before arrives again.</summary>
    Repeat,

    /// <summary>A resolver or a person ends items of part A as B says.</summary>
    Correct,

    /// <summary>A timer arrives: the one that stands (0), an earlier one (1), one that nobody set (2).</summary>
    Due,

    /// <summary>Time passes, A times ten seconds.</summary>
    Pass,
    Retry,
    RetryRejected,
    Cancel,
    Hold,
    Release,

    /// <summary>The A-th command arrives again.</summary>
    Again,

    /// <summary>The guard finds it stuck and sends what should move it.</summary>
    Guard,

    /// <summary>Something that cannot be handled arrives; A chooses what.</summary>
    Broken,
}

/// <param name="Joined">Arrives in one batch with what follows.</param>
internal readonly record struct LifeStep(Happening What, int A = 0, int B = 0, bool Joined = false)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{What} {A} {B}{(Joined ? " +" : "")}");

    public static string Write(IEnumerable<LifeStep> steps) => string.Join("; ", steps);

    public static LifeStep[] Read(string text) =>
        [
            .. text.Split(';')
                .Select(step =>
                {
                    var words = step.Trim().Split(' ');
                    return new LifeStep(
                        Enum.Parse<Happening>(words[0]),
                        Number(words, 1),
                        Number(words, 2),
                        words[^1] == "+"
                    );
                }),
        ];

    private static int Number(string[] words, int at) =>
        words.Length > at && words[at] != "+" ? int.Parse(words[at], CultureInfo.InvariantCulture) : 0;
}

/// <summary>Random lives. The same seed is the same life.</summary>
internal static class LifeGenerator
{
    private static readonly (Happening What, int Weight)[] Weights =
    [
        (Happening.Serve, 22),
        (Happening.Deliver, 24),
        (Happening.Repeat, 7),
        (Happening.Correct, 7),
        (Happening.Due, 11),
        (Happening.Pass, 3),
        (Happening.Retry, 4),
        (Happening.RetryRejected, 3),
        (Happening.Cancel, 4),
        (Happening.Hold, 4),
        (Happening.Release, 5),
        (Happening.Again, 4),
        (Happening.Guard, 3),
        (Happening.Broken, 3),
        (Happening.Request, 1),
    ];

    private static readonly int Total = Weights.Sum(w => w.Weight);

    public static LifeStep[] Life(int seed)
    {
        // Seeds one apart give alike beginnings; a large odd factor takes them apart.
        var random = new Random(unchecked(seed * (int)0x9E3779B1));
        var steps = new List<LifeStep>();
        if (random.Next(20) > 0)
            steps.Add(Step(Happening.Request, random));
        for (var left = random.Next(4, 34); left > 0; left--)
            steps.Add(Step(Choose(random), random));
        return [.. steps];
    }

    private static LifeStep Step(Happening what, Random random) =>
        what switch
        {
            Happening.Due => new(what, Math.Max(0, random.Next(7) - 4), 0, random.Next(6) == 0),

            // What failed half-way shows in what its neighbours of the batch write.
            Happening.Broken => new(what, random.Next(12), 0, random.Next(2) == 0),
            _ => new(what, random.Next(8), random.Next(4096), random.Next(6) == 0),
        };

    private static Happening Choose(Random random)
    {
        var dice = random.Next(Total);
        foreach (var (what, weight) in Weights)
            if ((dice -= weight) < 0)
                return what;
        return Happening.Deliver;
    }
}
