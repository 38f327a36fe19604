using EventSettlement.Faults.Reporting;
using EventSettlement.Faults.Running.Asked;
using EventSettlement.Faults.World;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Running;

/// <summary>
/// Leads runs from one template. What could not even be started says nothing about the product: it is tried again,
/// once, and said so.
/// </summary>
internal sealed class Runner(Template template, bool keep)
{
    private int _retried;

    /// <summary>How often something had to be started a second time.</summary>
    public int Retried => _retried;

    public async Task Prepare()
    {
        try
        {
            await template.Make();
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            TellRetry("the template", broken.Message);
            Directory.Delete(template.Folder, recursive: true);
            await template.Make();
        }
    }

    public async Task<Outcome> Lead(Plan plan, string folder)
    {
        var outcome = await Once(plan, folder);
        if (outcome.Violations is not [{ Invariant: Run.NotStarted } failure])
            return outcome;
        TellRetry($"seed {plan.Seed} {plan.Log} {string.Join('+', plan.Faults)}", failure.What);
        return await Once(plan, folder);
    }

    private Task<Outcome> Once(Plan plan, string folder)
    {
        RunFolder.Begin(folder);
        return new Run(plan, folder, template, keep).Execute();
    }

    private void TellRetry(string what, string why)
    {
        Interlocked.Increment(ref _retried);
        Console.WriteLine($"{what}: could not be started and is tried again: {why}");
    }
}
