using EventSettlement.Faults.Injection;
using EventSettlement.Faults.Running;
using EventSettlement.Faults.World;

// Breaks a real installation on purpose and checks that no money is lost, doubled or stuck; see docs/reliability.md.
Options options;
try
{
    options = Options.Parse(args);
}
catch (ArgumentException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message + Environment.NewLine + Options.Usage);
    return 2;
}

if (options.List)
{
    foreach (var fault in FaultList.All)
        Console.WriteLine($"{fault.Name,-22} {fault.Expectation}; recovery {fault.RecoveryBound:F0} s"
            + (fault.Missing is { } missing ? $"; SKIPPED here: {missing}" : ""));
    return 0;
}

var root = options.Replay is { } kept
    ? Path.GetDirectoryName(kept)!
    : Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "settle-faults-" + Environment.ProcessId)).FullName;
File.SetUnixFileMode(root, (UnixFileMode)0b111_101_101);
var plans = options.Replay is { } folder
    ? [Plan.Read(folder)]
    : Enumerable.Range(options.FromSeed, options.Runs).Select(seed => PlanMaker.Make(seed, options));
Bystander.Start(root);
var code = options.HasTeeth
    ? await new Teeth(options, root).Execute()
    : await new Campaign(options, root).Execute(plans.ToArray());
foreach (var template in Directory.EnumerateDirectories(root, "template*"))
    Directory.Delete(template, recursive: true);
if (!Directory.EnumerateFileSystemEntries(root).Any())
    Directory.Delete(root);
return code;
