using EventSettlement.Faults.Injection;
using EventSettlement.Faults.Running;
using EventSettlement.Faults.Running.Asked;
using EventSettlement.Faults.Running.Teeth;
using EventSettlement.Faults.World;

// Breaks a real installation on purpose and checks that no money is lost, doubled or stuck; see docs/reliability.md.
Options options;
Plan[] plans;
try
{
    options = Options.Parse(args);
    plans = options.List || options.HasTeeth ? [] : PlanMaker.All(options);
}
catch (ArgumentException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message + Environment.NewLine + Options.Usage);
    return 2;
}

if (options.List)
{
    foreach (var fault in FaultList.All)
        Console.WriteLine(
            $"{fault.Name, -22} {fault.Expectation}; recovery {fault.RecoveryBound:F0} s"
                + (
                    !fault.Suits("postgres") ? "; with Kafka alone"
                    : !fault.Suits("kafka") ? "; never with Kafka"
                    : ""
                )
                + (fault.Missing is { } missing ? $"; SKIPPED here: {missing}" : "")
        );
    return 0;
}

// Always a folder that nobody else has: all below it is ours to open, to delete and to end.
var root = Directory.CreateTempSubdirectory("settle-faults-").FullName;
File.SetUnixFileMode(root, (UnixFileMode)0b111_101_101);
Bystander.Start(root);
int code;
try
{
    if (plans is [{ Bug: { } bug }])
        Product.Path = await new PlantedBuild(Path.Combine(root, "planted")).Make(bug);
    code = options.HasTeeth
        ? await new Teeth(options, root).Execute()
        : await new Campaign(options, root).Execute(plans);
}
catch (InvalidOperationException missing)
{
    // What this machine lacks, such as PostgreSQL, or a build that failed.
    await Console.Error.WriteLineAsync(missing.Message);
    code = 1;
}

string[] madeFor = ["template*", "planted"];
foreach (var made in madeFor.SelectMany(name => Directory.EnumerateDirectories(root, name)))
    Directory.Delete(made, recursive: true);
if (!Directory.EnumerateFileSystemEntries(root).Any())
    Directory.Delete(root);
return code;
