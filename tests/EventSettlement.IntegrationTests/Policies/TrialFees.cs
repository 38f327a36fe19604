using EventSettlement.Facts;
using EventSettlement.Platform;
using EventSettlement.Policies;
using Microsoft.Extensions.DependencyInjection;

namespace EventSettlement.IntegrationTests.Policies;

/// <summary>
/// The policies of a programme that the product does not have: a fee by tier. Months up to 2026-09 are settled.
/// </summary>
internal sealed class TrialFees(string programme, PolicyRows rows) : IPolicyRules
{
    public const string Name = "trial-fees";

    private static readonly DateOnly Open = new(2026, 10, 1);

    /// <summary>What happens while one is compared, once.</summary>
    public Func<Task>? Meanwhile { get; set; }

    /// <summary>How many versions each comparison found.</summary>
    public List<int> Seen { get; } = [];

    public string Programme => programme;

    public static Slice Slice(params string[] programmes) =>
        new("trial")
        {
            Add = server =>
            {
                foreach (var programme in programmes)
                    server.Services.AddSingleton<IPolicyRules>(services => new TrialFees(
                        programme,
                        services.GetRequiredService<PolicyRows>()
                    ));
            },
        };

    public static string Document(string from, int basisPoints) =>
        $$"""{"effectiveFrom": "{{from}}", "tiers": [{"from": 0, "basisPoints": {{basisPoints}}}]}""";

    public IReadOnlyList<PolicyMistake> Check(string json, out DateOnly effectiveFrom)
    {
        var fields = new Fields();
        var mistakes = PolicyDocument.Read(json, fields, ReadField, "effectiveFrom", "tiers");
        effectiveFrom = fields.From ?? default;
        return mistakes;
    }

    public async Task<PolicyEffect> Compare(string json, CancellationToken cancel)
    {
        Check(json, out var from);
        var versions = await rows.Read(programme, cancel);
        Seen.Add(versions.Count);
        var meanwhile = Meanwhile;
        Meanwhile = null;
        if (meanwhile is not null)
            await meanwhile();
        var change =
            $"{BasisPoints(versions.LastOrDefault(v => v.EffectiveFrom <= from)?.Document)} basis points "
            + $"become {BasisPoints(json)}";
        return new PolicyEffect(from < Open ? [$"2026-09: {change}"] : [], [$"2026-10: {change}"]);
    }

    private static long BasisPoints(string? json)
    {
        var fields = new Fields();
        if (json is not null)
            PolicyDocument.Read(json, fields, ReadField);
        return fields.BasisPoints ?? 0;
    }

    private static void ReadField(ref FactReader json, string name, Fields fields)
    {
        if (name == "effectiveFrom")
            fields.From = json.Date("/effectiveFrom");
        else if (name == "tiers")
            json.Array("/tiers", "tiers is an array of 1 to 10 objects", 10, fields, ReadTier);
        else
            json.Refuse("", name);
    }

    private static void ReadTier(ref FactReader json, int place, Fields fields)
    {
        var pointer = $"/tiers/{place}";
        json.Object(pointer, "a tier is an object", (fields, pointer), ReadOfTier, "from", "basisPoints");
    }

    private static void ReadOfTier(ref FactReader json, string name, (Fields Fields, string Pointer) tier)
    {
        if (name == "from")
            json.Integer(tier.Pointer + "/from", FactBody.MaxInteger);
        else if (name == "basisPoints")
            tier.Fields.BasisPoints = json.Integer(tier.Pointer + "/basisPoints", 10_000);
        else
            json.Refuse(tier.Pointer, name);
    }

    private sealed class Fields
    {
        public DateOnly? From { get; set; }

        public long? BasisPoints { get; set; }
    }
}
