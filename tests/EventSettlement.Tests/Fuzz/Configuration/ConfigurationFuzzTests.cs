using EventSettlement.Platform.Configuration;
using EventSettlement.Tests.Fuzz.Shared;
using Xunit.Abstractions;

namespace EventSettlement.Tests.Fuzz.Configuration;

/// <summary>
/// Whatever stands in the file, the environment and the secret files: the settings are right and a server could start
/// with them, or every mistake is told at once, by key, rule and example, and no secret with it.
/// </summary>
public sealed class ConfigurationFuzzTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    // Told by rules over two keys, whatever each of them is.
    private static readonly string[] Across = ["EventLog:Bootstrap", "Payouts:CancelQuietPeriod"];

    private static readonly string[] Needed =
    [
        "ConnectionStrings:Main",
        "Downstreams:member:BaseUrl",
        "Programmes:creator-revenue:Downstream",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("settle-fuzz-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Random_configurations_are_right_or_all_their_mistakes_are_told()
    {
        var cases = FuzzPlan.Cases(quick: 60, full: 2_000);
        var right = 0;
        for (var n = 0; n < cases; n++)
        {
            var written = new WrittenSettings(new Random(FuzzPlan.Seed + n));
            var since = TimeProvider.System.GetTimestamp();
            var (settings, mistakes) = Check(written);
            var wrong =
                TimeProvider.System.GetElapsedTime(since) > Longest && IsSlow(written)
                    ? "it takes longer than a second"
                    : Judge(written, settings, mistakes);
            Assert.True(
                wrong is null,
                $"{wrong}\n{FuzzPlan.Again}, case {n}\n{string.Join('\n', mistakes)}\n{written}"
            );
            right += mistakes.Count == 0 ? 1 : 0;
        }

        output.WriteLine($"{cases} configurations, {right} right; {FuzzPlan.Again}");
        Assert.InRange(right, cases / 100 + 1, cases * 3 / 4);
    }

    [Fact]
    public void A_file_that_is_broken_anywhere_is_one_mistake_that_names_it()
    {
        var cases = FuzzPlan.Cases(quick: 30, full: 500);
        var random = new Random(FuzzPlan.Seed);
        var file = Path.Combine(_folder, "appsettings.json");
        for (var n = 0; n < cases; n++)
        {
            new WrittenSettings(random).Save(_folder);
            var text = File.ReadAllText(file);
            var at = random.Next(text.Length);
            File.WriteAllText(
                file,
                random.Next(3) switch
                {
                    0 => text[..at],
                    1 => text.Insert(at, Strange.JsonValue(random)),
                    _ => Strange.JsonValue(random),
                }
            );
            try
            {
                Server.Catalogue.Check(SettingSources.Read(_folder));
            }
            catch (InvalidSettingsException told)
            {
                Assert.True(Assert.Single(told.Mistakes).Key == file, $"{told.Message}\n{FuzzPlan.Again}, case {n}");
                Assert.Null(Spoken(told.Mistakes));
            }
        }
    }

    private (Settings Settings, IReadOnlyList<SettingMistake> Mistakes) Check(WrittenSettings written)
    {
        Directory.Delete(_folder, recursive: true);
        var variables = written.Save(_folder);
        variables["EVENTSETTLEMENT_SECRETS"] = Path.Combine(_folder, "secrets");
        foreach (var (name, value) in variables)
            Environment.SetEnvironmentVariable(name, value);
        try
        {
            return Server.Catalogue.Check(SettingSources.Read(_folder));
        }
        finally
        {
            foreach (var name in variables.Keys)
                Environment.SetEnvironmentVariable(name, null);
        }
    }

    private bool IsSlow(WrittenSettings written) =>
        Enumerable
            .Range(0, 3)
            .All(_ =>
            {
                var since = TimeProvider.System.GetTimestamp();
                Check(written);
                return TimeProvider.System.GetElapsedTime(since) > Longest;
            });

    private static string? Judge(WrittenSettings written, Settings settings, IReadOnlyList<SettingMistake> mistakes)
    {
        var told = mistakes.Select(m => m.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var missing = Needed.Where(k => !written.Right.ContainsKey(k) && !written.Open.Contains(k));
        if (written.Mistaken.Concat(missing).FirstOrDefault(key => !told.Contains(key)) is { } untold)
            return $"nothing is told of {untold}";
        if (told.FirstOrDefault(key => written.Right.ContainsKey(key) && !Across.Contains(key)) is { } blamed)
            return $"{blamed} is right: {written.Right[blamed]}";
        if (written.Secrets.Values.FirstOrDefault(s => mistakes.Any(m => m.ToString().Contains(s))) is { } secret)
            return $"a secret is told: {secret}";
        return Spoken(mistakes) ?? (mistakes.Count == 0 ? StartableSettings.Judge(written.Right, settings) : null);
    }

    private static string? Spoken(IReadOnlyList<SettingMistake> mistakes) =>
        mistakes
            .Where(m =>
                m.Rule.Length < 5
                || m.Example.Length == 0
                || m.ToString() is { Length: > 600 } or { Length: < 20 }
                || m.ToString().Any(char.IsControl)
            )
            .Select(m => "not told well: " + m)
            .FirstOrDefault();
}
