using System.Globalization;
using System.Text.Json;
using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Injection.Outside;

/// <summary>Operators click twice, at once and against each other while the payments run.</summary>
internal sealed class OperatorRaces : Fault
{
    private const string SomeSql = """
        SELECT settlement_id::text FROM settlement TABLESAMPLE BERNOULLI (20)
        WHERE state <> 'COMPLETED' OR random() < 0.1 LIMIT 40
        """;

    private static readonly string[] Verbs = ["retry", "cancel", "hold", "release", "retry-all"];

    public override string Name => "operator-races";

    public override string Touches => "operators";

    public override bool TroublesServers => false;

    public override string Expectation =>
        "double clicks, cancel while paying, retry while the set grows: one effect "
        + "or a refusal, each answered and audited once";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        await Last(1.5);
        for (var round = 0; round < 8; round++)
        {
            var some = await scene.Read(SomeSql, r => r.GetString(0));
            var clicks = some.SelectMany(
                    (id, n) =>
                        Click(
                            scene,
                            id,
                            Verbs[random.Next(Verbs.Length)],
                            string.Create(CultureInfo.InvariantCulture, $"click-{round}-{n}")
                        )
                )
                .ToArray();
            await Task.WhenAll([.. clicks, RetryWhatFailed(scene)]);
        }

        await ReleaseAll(scene);
        return true;
    }

    /// <summary>Twice with one key, once with another.</summary>
    private static Task[] Click(Scene scene, string id, string verb, string key)
    {
        object body = verb.StartsWith("retry", StringComparison.Ordinal)
            ? new { includeRejected = verb == "retry-all" }
            : new { reason = "a race" };
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

    /// <summary>A selection is all that was seen or nothing: others act on it meanwhile.</summary>
    private static async Task RetryWhatFailed(Scene scene)
    {
        var (status, body) = await scene.Desk.Ask("v1/selections", new { state = "FAILED" });
        if (status != 201)
            return;
        var id = JsonDocument.Parse(body).RootElement.GetProperty("selectionId").GetString();
        var answer = await scene.Desk.Ask($"v1/selections/{id}/retry", new { includeRejected = true });
        if (answer.Status is not (0 or 202 or 409 or >= 500))
            scene.World.Surprises.Enqueue($"a selection was answered {answer.Status} {answer.Body}");
    }

    /// <summary>Until no command is under way that may hold one more.</summary>
    private static async Task ReleaseAll(Scene scene)
    {
        await Waiting.Until(
            TimeSpan.FromSeconds(30),
            async () =>
            {
                var open = await scene.Count("SELECT count(*) FROM command WHERE outcome IS NULL");
                var held = await scene.Read(
                    "SELECT settlement_id::text FROM settlement WHERE held",
                    r => r.GetString(0)
                );
                await Task.WhenAll(held.Select(id => scene.Desk.Ask($"v1/settlements/{id}/release", new { })));
                return open == 0 && held.Count == 0;
            }
        );
    }
}
