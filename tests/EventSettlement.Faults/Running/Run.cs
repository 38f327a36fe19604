using System.Diagnostics;
using EventSettlement.Faults.Check;
using EventSettlement.Faults.Injection;
using EventSettlement.Faults.Load;
using EventSettlement.Faults.Reporting;
using EventSettlement.Faults.Running.Asked;
using EventSettlement.Faults.World;
using EventSettlement.Faults.World.Servers;
using Npgsql;

namespace EventSettlement.Faults.Running;

/// <summary>What came of a run.</summary>
internal sealed record Outcome(
    Plan Plan,
    List<Violation> Violations,
    bool Reached,
    double? Recovery,
    double Bound,
    int Facts,
    double Seconds
);

/// <summary>One plan from a bare machine to a verdict.</summary>
internal sealed class Run(Plan plan, string folder, Template template, bool keep)
{
    /// <summary>The one violation of a run that never began.</summary>
    public const string NotStarted = "start";
    private const string PartFailed = "messaging_part_failed";
    private readonly List<Violation> _violations = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Fault[] _faults = [.. plan.Faults.Select(FaultList.Find)];
    private bool _reached = true;
    private double? _recovery;

    public async Task<Outcome> Execute()
    {
        var (facts, stage) = (0, NotStarted);
        try
        {
            Directory.CreateDirectory(folder);
            plan.Write(folder);
            await using var world = await Installation.Start(plan, folder, template);
            await using var database = NpgsqlDataSource.Create(world.Postgres.Connection);
            using var journal = new FactJournal(folder);
            using var desk = new Operator(world);
            stage = "harness";
            try
            {
                await Play(world, database, desk, journal);
            }
            catch (Exception broken) when (broken is not OutOfMemoryException)
            {
                _violations.Add(Of(broken is NotReadyException ? "recovery" : stage, broken));
                _violations.AddRange(world.Surprises.Select(s => new Violation("surprise", s)));
            }

            facts = journal.Answered;
            if (keep || _violations.Count > 0)
                await Evidence.Keep(world, folder);
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            _violations.Add(Of(stage, broken));
        }

        var bound = _faults.Max(f => f.RecoveryBound);
        var outcome = new Outcome(plan, _violations, _reached, _recovery, bound, facts, _clock.Elapsed.TotalSeconds);
        if (_violations.Count > 0)
            File.WriteAllLines(Path.Combine(folder, "violations.txt"), _violations.Select(v => v.ToString()));
        return outcome;
    }

    private async Task Play(Installation world, NpgsqlDataSource database, Operator desk, FactJournal journal)
    {
        var producer = new Producer(world, desk, journal);
        using var views = new ViewProducer(world, desk, folder);
        using var sampler = new Sampler(database, folder, !_faults.Any(f => f.TurnsOffsetsBack));
        var scene = new Scene(world, database, desk, journal, producer, views);
        var length = TimeSpan.FromSeconds(plan.LoadSeconds);
        var load = Task.WhenAll(producer.Run(length), views.Run(length));
        var runs = StartRuns(desk, load);
        var random = new Random(plan.Seed + 1);
        var faults = plan.Faults.Select((f, i) => InjectAt(scene, f, plan.At[i], new Random(random.Next()))).ToArray();
        _reached = (await Task.WhenAll(faults)).All(reached => reached);
        if (!_reached && plan.IsOneFirstHit())
            _violations.Add(new Violation("unreached", "the moment was never reached: nothing was tested"));
        var healed = Stopwatch.StartNew();
        database.Clear();
        if (_faults.Any(f => f.IsNeverHealed))
        {
            _violations.AddRange(await sampler.Stop());
            _violations.AddRange(await Checker.Safety(database, folder));
            return;
        }

        await world.WaitForAll(TimeSpan.FromSeconds(60));
        var probe = new Probe(world, desk, journal, database);
        var bound = _faults.Max(f => f.RecoveryBound);
        _recovery = await Recovery.Measure(database, probe.IsTaken, healed);
        if (_recovery is null || _recovery > bound)
            _violations.Add(
                new Violation(
                    "recovery",
                    $"{_recovery ?? Recovery.Limit.TotalSeconds:F1} s after healing, " + $"the bound is {bound:F0} s"
                )
            );
        await Task.WhenAll(load, runs);
        if (await new Quiet(world, desk, database).Wait() is { } open)
            _violations.Add(new Violation("I4", $"not quiet in time: {open}"));
        _violations.AddRange(await Repeats.Check(desk, producer));
        _violations.AddRange(await sampler.Stop());
        await StopInOrder(world);
        var offsets = world.Kafka is null ? null : KafkaSide.Offsets(world.Kafka);
        var kafka = world.Kafka is null ? null : await KafkaSide.Messages(world.Kafka);
        _violations.AddRange(await Checker.AtTheEnd(database, folder, kafka, desk.Answered.Keys, ExpectedAlerts()));
        if (offsets is not null)
            _violations.AddRange(await Offsets.Kafka(database, await offsets));
        _violations.AddRange(world.Surprises.Select(s => new Violation("surprise", s)));
    }

    private static Violation Of(string kind, Exception broken) =>
        new(kind, broken.Message, broken.ToString().Split('\n'));

    private ExpectedAlerts ExpectedAlerts() =>
        new(
            [.. _faults.SelectMany(f => f.Alerts), .. _faults.Where(f => f.TroublesServers).Select(_ => PartFailed)],
            _faults is [var alone] && _reached ? alone.Demands : []
        );

    private static async Task<bool> InjectAt(Scene scene, string name, double seconds, Random random)
    {
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        return await FaultList.Find(name).Inject(scene, random);
    }

    /// <summary>One after the other while facts come, so that payments are under way when the fault strikes.</summary>
    private static async Task StartRuns(Operator desk, Task load)
    {
        while (!load.IsCompleted)
        {
            await desk.StartRun();
            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }
    }

    private async Task StopInOrder(Installation world)
    {
        await world.WaitForAll(TimeSpan.FromSeconds(60));
        world.Members.ForEach(m => m.IsHandled = true);
        var stopped = await Task.WhenAll(world.Members.Select(m => m.Stop()));
        _violations.AddRange(stopped.OfType<string>().Select(disorder => new Violation("R12", disorder)));
    }
}
