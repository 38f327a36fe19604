namespace EventSettlement.Tests.Settlements.Model;

/// <summary>Makes a failing life as short and as plain as it can be while it fails for the same reason.</summary>
internal static class Shrinking
{
    public static async Task<LifeStep[]> Shrink(LifeStep[] steps, Func<LifeStep[], Task<bool>> fails)
    {
        for (var size = -1; size != Size(steps); )
        {
            size = Size(steps);
            for (var chunk = steps.Length / 2; chunk > 0; chunk /= 2)
            for (var at = steps.Length - chunk; at >= 0; at--)
                if (at + chunk <= steps.Length)
                    steps = await Try(steps, [.. steps[..at], .. steps[(at + chunk)..]], fails);
            for (var at = 0; at < steps.Length; at++)
                foreach (var plainer in Plainer(steps[at]))
                {
                    LifeStep[] candidate = [.. steps];
                    candidate[at] = plainer;
                    steps = await Try(steps, candidate, fails);
                }
        }

        return steps;
    }

    private static async Task<LifeStep[]> Try(
        LifeStep[] steps,
        LifeStep[] candidate,
        Func<LifeStep[], Task<bool>> fails
    ) => Size(candidate) < Size(steps) && await fails(candidate) ? candidate : steps;

    private static IEnumerable<LifeStep> Plainer(LifeStep step) =>
        [
            step with
            {
                Joined = false,
            },
            step with
            {
                A = 0,
            },
            step with
            {
                A = step.A / 2,
            },
            step with
            {
                B = 0,
            },
            step with
            {
                B = step.B / 2,
            },
            step with
            {
                B = step.B - 1,
            },
        ];

    private static int Size(LifeStep[] steps) =>
        steps.Sum(s => 100_000 + s.A * 10 + Math.Max(0, s.B) + (s.Joined ? 10_000 : 0));
}
