using System.Diagnostics;
using System.Text;
using EventSettlement.StudyRefunds.Facts;
using EventSettlement.Tests.Fuzz.Shared;
using EventSettlement.Tests.StudyRefunds;
using Xunit.Abstractions;

namespace EventSettlement.Tests.Fuzz.Intake;

/// <summary>
/// Whatever bytes arrive: the decoder ends within a second without an exception, and takes or refuses them exactly as
/// a second reading of the rules does.
/// </summary>
public sealed class DecoderFuzzTests(ITestOutputHelper output)
{
    private const int ChunkSize = 10_000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    public static TheoryData<string> Kept => [.. FoundCases.All().Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Kept))]
    public void What_was_found_once_is_answered_rightly(string name) =>
        Assert.Null(Judge(FoundCases.All().Single(c => c.Name == name).Body, out _));

    [Fact]
    public void The_largest_and_deepest_bodies_are_answered_rightly_and_at_once() =>
        Assert.All(FactCorpus.Giants(), body => Assert.Null(Judge(body, out _)));

    [Fact]
    public void Mutated_bodies_are_answered_rightly_and_at_once()
    {
        var cases = FuzzPlan.Cases(quick: 20_000, full: 1_000_000);
        IReadOnlyList<byte[]> bodies = [.. FactCorpus.Bodies, .. FoundCases.All().Select(c => c.Body)];
        var since = Stopwatch.GetTimestamp();
        var taken = 0;
        Parallel.For(
            0,
            cases / ChunkSize,
            new ParallelOptions { MaxDegreeOfParallelism = 2 },
            chunk =>
            {
                var mutation = new FactMutation(new Random(FuzzPlan.Seed + chunk), bodies);
                for (var n = 0; n < ChunkSize; n++)
                {
                    var body = mutation.Next();
                    if (Judge(body, out var isTaken) is { } wrong)
                        Assert.Fail($"{wrong}\n{FuzzPlan.Again}, chunk {chunk}, case {n}; {Told(body)}");
                    if (isTaken)
                        Interlocked.Increment(ref taken);
                }
            }
        );
        output.WriteLine(
            $"{cases:N0} bodies, {taken:N0} taken, {Stopwatch.GetElapsedTime(since).TotalSeconds:N1} s; "
                + FuzzPlan.Again
        );
        // A generator that makes rubbish only would prove nothing about what is taken.
        Assert.InRange(taken, cases / 100, cases / 2);
    }

    /// <returns>What is wrong, or null.</returns>
    private static string? Judge(byte[] body, out bool taken)
    {
        taken = false;
        try
        {
            var since = Stopwatch.GetTimestamp();
            var decoded = StudyFactDecoder.Decode(body, FactBodies.Now);
            taken = decoded.Fact is not null;
            if (Stopwatch.GetElapsedTime(since) > Longest && IsSlowAgain(body))
                return "it takes longer than a second";
            return DecodedCheck.Of(decoded, PlainReading.Of(body, FactBodies.Now))
                ?? (taken ? DecodedCheck.Keys(body) : null);
        }
        catch (Exception leaked)
        {
            return leaked.ToString();
        }
    }

    // One slow time may be the machine's; a body that is slow by itself is slow each time.
    private static bool IsSlowAgain(byte[] body) =>
        Enumerable
            .Range(0, 3)
            .All(_ =>
            {
                var since = Stopwatch.GetTimestamp();
                StudyFactDecoder.Decode(body, FactBodies.Now);
                return Stopwatch.GetElapsedTime(since) > Longest;
            });

    private static string Told(byte[] body)
    {
        for (var size = body.Length / 2; size > 0; size /= 2)
        for (var at = 0; at + size <= body.Length; )
        {
            byte[] smaller = [.. body[..at], .. body[(at + size)..]];
            if (Judge(smaller, out _) is null)
                at += size;
            else
                body = smaller;
        }

        return $"the smallest that fails so is kept as {FoundCases.Keep(body)}:\n{Encoding.UTF8.GetString(body)}";
    }
}
