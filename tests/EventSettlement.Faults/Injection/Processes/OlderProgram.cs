using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Injection.Processes;

/// <summary>One server is started although the database has gone on to a version that it does not know.</summary>
internal sealed class OlderProgram : Fault
{
    private const string Later = "9999_of_a_later_version";

    public override string Name => "older-program";

    public override string Expectation =>
        "a program older than its database refuses to serve, says which one to start, and the others go on";

    public override string Touches => "servers";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var world = scene.World;
        var older = world.Members[1];
        await Last(1);
        older.IsHandled = true;
        if (await older.Stop() is { } disorder)
            world.Surprises.Enqueue(disorder);
        await scene.Execute("INSERT INTO migration (scriptname, applied) VALUES ($1, now())", Later);
        older.Start();
        var ended = await Waiting.Until(TimeSpan.FromSeconds(30), () => older.IsDown);
        if (ended is null)
            world.Surprises.Enqueue("an older program serves a newer database");
        else if (!older.HasSaid("newer version"))
            world.Surprises.Enqueue("an older program does not say why it ends");
        await scene.Execute("DELETE FROM migration WHERE scriptname = $1", Later);
        older.Start();
        older.IsHandled = false;
        return true;
    }
}
