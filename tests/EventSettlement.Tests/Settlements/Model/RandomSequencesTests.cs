using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace EventSettlement.Tests.Settlements.Model;

/// <summary>
/// Random lives against the real state machine and session, each step compared with the model and held against the
/// properties. EVENTSETTLEMENT_SEQUENCES says how many, EVENTSETTLEMENT_SEED which. A failing life is made small and
/// printed; its one line belongs into <see cref="FoundSequencesTests"/>.
/// </summary>
public sealed class RandomSequencesTests(ITestOutputHelper output)
{
    private const int Slices = 10;
    private const int AtADesk = 1_000;
    private static readonly int Seed = Number("EVENTSETTLEMENT_SEED") ?? Random.Shared.Next(1_000_000_000);
    private static readonly int Count = Number("EVENTSETTLEMENT_SEQUENCES") ?? AtADesk;

    public static TheoryData<int> EachSlice => [.. Enumerable.Range(0, Slices)];

    [Theory]
    [MemberData(nameof(EachSlice))]
    public async Task Whatever_comes_in_whatever_order_it_is_as_the_model_tells(int slice)
    {
        var (from, count) = (unchecked(Seed + slice * (Count / Slices)), Count / Slices);
        var clock = Stopwatch.StartNew();
        await using var saga = new RealSaga();
        var failure = await FirstFailure(saga, from, count);
        var told =
            string.Create(CultureInfo.InvariantCulture, $"seed {Seed}, sequences {from} to {from + count - 1}: ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"{LifeProperties.All.Length + Life.MoreProperties} properties, {clock.Elapsed.TotalSeconds:0.0} s"
            );
        output.WriteLine(told);
        if (Count > AtADesk)
            Console.WriteLine(told);
        Assert.True(failure is null, $"{told}\n{failure}");
    }

    private static async Task<string?> FirstFailure(RealSaga saga, int from, int count)
    {
        string? failure = null;
        await Parallel.ForAsync(
            0,
            count,
            async (i, cancel) =>
            {
                if (failure is not null)
                    return;
                var steps = LifeGenerator.Life(unchecked(from + i));
                if (await new Life(saga).Live(steps) is { } wrong)
                    Interlocked.CompareExchange(
                        ref failure,
                        $"sequence {unchecked(from + i)}: {await Explain(saga, steps, wrong)}",
                        null
                    );
            }
        );
        return failure;
    }

    private static async Task<string> Explain(RealSaga saga, LifeStep[] steps, string wrong)
    {
        var small = await Shrinking.Shrink(steps, async s => await new Life(saga).Live(s) == wrong);
        var life = new Life(saga);
        await life.Live(small);
        return $"{wrong} does not hold, in {small.Length} steps instead of {steps.Length}:\n"
            + $"[InlineData(\"{LifeStep.Write(small)}\")]\n{string.Join('\n', life.Story)}";
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
