using EventSettlement.Faults.Check;
using EventSettlement.Faults.Reporting;
using EventSettlement.Faults.Running.Asked;
using EventSettlement.Faults.World;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Running.Teeth;

/// <summary>Bugs planted on purpose: one that no run finds within its seeds is a defect of this harness.</summary>
internal sealed class Teeth(Options options, string root)
{
    private const int MostSeeds = 50;
    private readonly Runner _clean = new(new Template(Path.Combine(root, "template")), options.Keep);
    private readonly PlantedBuild _build = new(Path.Combine(root, "planted"));

    public async Task<int> Execute()
    {
        await _clean.Prepare();
        var caught = 0;
        var bugs = PlantedBug.All.Where(b => options.Bug is null || b.Name == options.Bug).ToList();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Side };
        await Parallel.ForEachAsync(
            bugs,
            parallel,
            async (bug, _) =>
            {
                var (isCaught, line) = await Try(bug);
                Interlocked.Add(ref caught, isCaught ? 1 : 0);
                Console.WriteLine($"{bug.Name}: {line}");
            }
        );

        Console.WriteLine($"teeth={bugs.Count} caught={caught}");
        return caught == bugs.Count ? 0 : 1;
    }

    private async Task<(bool IsCaught, string Line)> Try(PlantedBug bug)
    {
        string product;
        try
        {
            product = await _build.Make(bug.Name);
        }
        catch (InvalidOperationException unbuilt)
        {
            return (false, $"NOT PLANTED: {unbuilt.Message.Trim()}");
        }

        var hunted = await Hunt(bug, product);
        Directory.Delete(Path.GetDirectoryName(product)!, recursive: true);
        if (hunted is not var (seed, what))
            return (false, $"NOT CAUGHT by {bug.Faults} in {MostSeeds} seeds");
        var control = await Control(bug, seed);
        return (
            control is null,
            $"caught at seed {seed} by {bug.Faults} on {PlantedBug.Log}: "
                + $"{what.Invariant}, {what.What}; {control ?? "control ok"}"
        );
    }

    /// <summary>Only the checks that are there for this bug count: a run may be broken in other ways too.</summary>
    private async Task<(int Seed, Violation What)?> Hunt(PlantedBug bug, string product)
    {
        var runner = new Runner(new Template(Path.Combine(root, "template-" + bug.Name), product), options.Keep);
        await runner.Prepare();
        for (var seed = options.FromSeed; seed < options.FromSeed + MostSeeds; seed++)
        {
            var folder = Path.Combine(root, $"{bug.Name}-{seed}");
            var outcome = await runner.Lead(PlanOf(bug, seed) with { Bug = bug.Name }, folder);
            RunFolder.End(folder, options.Keep);
            if (outcome.Violations.Find(v => bug.Checks.Contains(v.Invariant)) is { } what)
                return (seed, what);
        }

        return null;
    }

    /// <summary>The same run without the bug: were it not clean, the bug would not be what was caught.</summary>
    /// <returns>Null, or what is wrong with it.</returns>
    private async Task<string?> Control(PlantedBug bug, int seed)
    {
        var folder = Path.Combine(root, $"{bug.Name}-{seed}-control");
        var outcome = await _clean.Lead(PlanOf(bug, seed), folder);
        var isClean = outcome.Violations.Count == 0;
        RunFolder.End(folder, options.Keep || !isClean);
        return isClean
            ? null
            : $"NOT COUNTED, the control without the bug is not clean: {outcome.Violations[0].What}; "
                + $"kept in {folder}";
    }

    private static Plan PlanOf(PlantedBug bug, int seed) => PlanMaker.Of(seed, PlantedBug.Log, bug.Faults.Split('+'));
}
