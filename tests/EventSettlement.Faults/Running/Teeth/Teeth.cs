using System.Diagnostics;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Running;

/// <summary>Bugs planted on purpose: one that no run finds within its seeds is a defect of this harness.</summary>
internal sealed class Teeth(Options options, string root)
{
    private const int MostSeeds = 50;

    /// <summary>The bug, the faults that bring it out, and the log where it matters.</summary>
    private static readonly (string Bug, string Faults, string Log)[] Planted =
    [
        ("offset-first", "K02", "postgres"), ("unique-dropped", "same-run-twice", "postgres"),
        ("attempt-in-key", "member-drops-answers", "postgres"), ("posting-outside", "commit-cut-before", "postgres"),
        ("rows-ignored", "retried-in-doubt", "postgres"), ("by-position", "member-shuffles", "postgres"),
        ("blind-resend", "member-drops-answers", "postgres"), ("no-fence", "freeze-at-K01", "postgres"),
        ("parse-errors-swallowed", "poison", "postgres"), ("wall-clock", "database-clock-behind", "postgres"),
        ("gap-in-watermark", "K02-later", "postgres"),
        ("cancelled-fires", "operator-races+member-fails-items", "postgres"),
    ];

    public async Task<int> Execute()
    {
        await Build();
        var caught = 0;
        var bugs = Planted.Where(p => options.Bug is null || p.Bug == options.Bug).ToList();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Side };
        await Parallel.ForEachAsync(bugs, parallel, async (one, _) =>
        {
            var (bug, faults, log) = one;
            var (seed, outcome) = await Hunt(bug, faults, log);
            Interlocked.Add(ref caught, outcome is null ? 0 : 1);
            Console.WriteLine(outcome is null
                ? $"{bug}: NOT CAUGHT by {faults} in {MostSeeds} seeds"
                : $"{bug}: caught at seed {seed} by {faults} on {log}: {outcome.Violations[0].Invariant}, "
                    + outcome.Violations[0].What);
        });

        Console.WriteLine($"teeth={bugs.Count} caught={caught}");
        return caught == bugs.Count ? 0 : 1;
    }

    private async Task<(int Seed, Outcome? Outcome)> Hunt(string bug, string faults, string log)
    {
        var template = new Template(Path.Combine(root, "template-" + bug));
        await template.Make(bug);
        for (var seed = options.FromSeed; seed < options.FromSeed + MostSeeds; seed++)
        {
            var folder = Path.Combine(root, $"{bug}-{seed}");
            var plan = PlanMaker.Of(seed, log, faults.Split('+')) with { Bug = bug };
            var outcome = await new Run(plan, folder, template).Execute();
            if (!options.Keep)
                Directory.Delete(folder, recursive: true);

            // What the harness could not do proves nothing.
            if (outcome.Violations.Count > 0 && outcome.Violations[0].Invariant != "harness")
                return (seed, outcome);
        }

        return (0, null);
    }

    /// <summary>A build of its own, beside the one that is tested.</summary>
    private static async Task Build()
    {
        var release = Path.GetDirectoryName(Product.Path)!;
        var project = Path.GetFullPath(Path.Combine(release, "..", "..", ".."));
        await ChildProcess.Output("dotnet", ["build", project, "-c", "Planted", "-v", "q", "--nologo"],
            [new("MSBUILDDISABLENODEREUSE", "1")]);
        Product.Path = Path.Combine(project, "bin", "Planted", "net10.0", "settle.dll");
        Debug.Assert(File.Exists(Product.Path));
    }
}
