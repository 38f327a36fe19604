using System.Globalization;
using EventSettlement.Faults.Check;
using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection;

/// <summary>Operators click twice, at once and against each other while the payments run.</summary>
internal sealed class OperatorRaces : Fault
{
    private const string SomeSql = """
        SELECT settlement_id::text FROM settlement TABLESAMPLE BERNOULLI (20)
        WHERE state <> 'COMPLETED' OR random() < 0.1 LIMIT 40
        """;

    private static readonly string[] Verbs = ["retry", "cancel", "hold", "release", "retry-all"];

    public override string Name => "operator-races";

    public override string Expectation => "double clicks, cancel while paying, retry while the set grows: one effect "
        + "or a refusal, each answered and audited once";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        await Last(1.5);
        for (var round = 0; round < 8; round++)
        {
            var some = await Tables.Read(scene.Database, SomeSql, r => r.GetString(0));
            var clicks = some.SelectMany((id, n) => Click(scene, id, Verbs[random.Next(Verbs.Length)],
                string.Create(CultureInfo.InvariantCulture, $"click-{round}-{n}"))).ToArray();
            await Task.WhenAll(clicks);
        }

        await ReleaseAll(scene);
        return true;
    }

    /// <summary>Twice with one key, once with another.</summary>
    private static Task[] Click(Scene scene, string id, string verb, string key)
    {
        object body = verb.StartsWith("retry", StringComparison.Ordinal)
            ? new { includeRejected = verb == "retry-all" } : new { reason = "a race" };
        var path = $"v1/settlements/{id}/{verb.Split('-')[0]}";
        return [Same(scene, path, body, key), scene.Desk.Ask(path, body)];
    }

    private static async Task Same(Scene scene, string path, object body, string key)
    {
        var answers = await Task.WhenAll(scene.Desk.Ask(path, body, key), scene.Desk.Ask(path, body, key));
        var told = answers.Where(a => a.Status is 200 or 404).Select(a => a.Body).Distinct().Count();
        if (told > 1)
            scene.World.Surprises.Enqueue($"I10: {path} with one key was answered in two ways");
    }

    private static async Task ReleaseAll(Scene scene)
    {
        for (var tries = 0; tries < 20; tries++)
        {
            var held = await Tables.Read(scene.Database, "SELECT settlement_id::text FROM settlement WHERE held",
                r => r.GetString(0));
            if (held.Count == 0)
                return;
            await Task.WhenAll(held.Select(id => scene.Desk.Ask($"v1/settlements/{id}/release", new { })));
        }
    }
}
