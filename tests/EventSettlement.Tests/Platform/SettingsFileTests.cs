using EventSettlement.Platform;
using Microsoft.Extensions.Configuration;

namespace EventSettlement.Tests.Platform;

public sealed class SettingsFileTests
{
    private const string Postgres = "Host=h;Username=u;Password=s3cret;Database=d";

    [Fact]
    public void All_mistakes_are_told_at_once_with_rule_and_example()
    {
        var mistakes = Check(
            ("ConnectionStrings:Main", Postgres),
            ("EventLog:Kind", "rabbit"),
            ("MemberService:MaxItems", "501"),
            ("StudyRefund:RetryDelays", "2m,4m"),
            ("Api:Urls", "8080")
        );
        Assert.Equal(
            ["EventLog:Kind", "MemberService:BaseUrl", "MemberService:MaxItems", "StudyRefund:RetryDelays", "Api:Urls"],
            mistakes.Select(m => m.Key)
        );
        Assert.All(mistakes, m => Assert.NotEmpty(m.Example));
    }

    [Fact]
    public void Every_key_stands_in_the_operators_page_with_its_rule()
    {
        var page = File.ReadAllText(Path.Combine(TidyTests.FindRoot(), "docs", "operations", "configuration.md"));
        Assert.All(SettingRules.All, rule => Assert.Contains($"| `{rule.Key}` | {rule.Rule} | `", page));
    }

    [Fact]
    public void An_unknown_key_is_a_mistake_that_names_the_nearest_one()
    {
        var mistake = Assert.Single(
            Check(
                ("ConnectionStrings:Main", Postgres),
                ("MemberService:BaseUrl", "http://m"),
                ("MemberService:TimeOuts", "3s")
            )
        );
        Assert.Contains("did you mean MemberService:Timeout?", mistake.Rule);
    }

    [Fact]
    public void A_secret_is_neither_shown_nor_quoted()
    {
        var (settings, _) = SettingsFile.Check(From(("ConnectionStrings:Main", Postgres)), []);
        Assert.DoesNotContain(SettingsFile.Show(settings), row => row.Value.Contains("s3cret"));
        Assert.DoesNotContain(
            "s3cret",
            string.Join('\n', Check(("ConnectionStrings:Main", "Password=s3cret;Nonsense=1")))
        );
    }

    [Fact]
    public void A_quiet_period_shorter_than_a_call_in_flight_is_refused() =>
        Assert.Contains(
            Check(
                ("ConnectionStrings:Main", Postgres),
                ("MemberService:BaseUrl", "http://m"),
                ("StudyRefund:CancelQuietPeriod", "3m")
            ),
            m => m.Key == "StudyRefund:CancelQuietPeriod"
        );

    [Fact]
    public void A_list_may_be_written_in_one_line_or_as_a_json_array()
    {
        var line = SettingsFile.Check(From(("StudyRefund:RetryDelays", "2s,4s,8s")), []).Settings;
        var array = SettingsFile
            .Check(
                From(
                    ("StudyRefund:RetryDelays:0", "2s"),
                    ("StudyRefund:RetryDelays:1", "4s"),
                    ("StudyRefund:RetryDelays:2", "8s")
                ),
                []
            )
            .Settings;
        Assert.Equal(
            [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8)],
            line.StudyRefund.RetryDelays
        );
        Assert.Equal(line.StudyRefund.RetryDelays, array.StudyRefund.RetryDelays);
    }

    [Fact]
    public void A_long_list_keeps_its_order_and_a_later_source_replaces_all_of_it()
    {
        var twelve = Enumerable.Range(0, 12).Select(i => ($"MemberService:DoubtDelays:{i}", $"{i + 1}s")).ToArray();
        Assert.Equal(
            Enumerable.Range(1, 12).Select(i => TimeSpan.FromSeconds(i)),
            SettingsFile.Check(From(twelve), []).Settings.MemberService.DoubtDelays
        );
        var both = new ConfigurationBuilder()
            .AddConfiguration(From(twelve))
            .AddInMemoryCollection([KeyValuePair.Create("MemberService:DoubtDelays", (string?)"5m")])
            .Build();
        Assert.Equal([TimeSpan.FromMinutes(5)], SettingsFile.Check(both, []).Settings.MemberService.DoubtDelays);
    }

    [Theory]
    [InlineData("{", "appsettings.json")]
    [InlineData("{\"EventLog\":{\"Kind\":\"kafka\",\"kind\":\"postgres\"}}", "appsettings.json")]
    [InlineData("[]", "appsettings.json")]
    public void A_file_that_cannot_be_read_is_a_mistake_that_names_it(string text, string name)
    {
        var folder = Directory.CreateTempSubdirectory("settle-settings-").FullName;
        File.WriteAllText(Path.Combine(folder, name), text);
        var told = Assert.Throws<InvalidSettingsException>(() => SettingSources.Read(folder));
        Directory.Delete(folder, recursive: true);
        Assert.Equal(Path.Combine(folder, name), Assert.Single(told.Mistakes).Key);
    }

    [Theory]
    [InlineData("ConnectionStrings:Main", "Host=h;Username=u")]
    [InlineData("ConnectionStrings:Main", "Host=h;Username=u;Database=d;Minimum Pool Size=9;Maximum Pool Size=2")]
    [InlineData("MemberService:ApiKey", "clé")]
    [InlineData("Api:Urls", "http://127.0.0.1:8080/base")]
    public void What_a_server_could_not_use_is_told_before_it_starts(string key, string value) =>
        Assert.Contains(Check((key, value)), m => m.Key == key && m.Rule.StartsWith("must be "));

    [Fact]
    public void A_mistake_is_one_line_however_long_and_strange_its_value_is()
    {
        var mistakes = Check(("EventLog:Kind", "\u001b[31m\n" + new string('x', 5_000)));
        var line = mistakes.Single(m => m.Key == "EventLog:Kind").ToString();
        Assert.DoesNotContain(line, char.IsControl);
        Assert.InRange(line.Length, 20, 300);
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("1.5s", 1500)]
    [InlineData("2m", 120_000)]
    [InlineData("00:00:30", 30_000)]
    [InlineData("30", null)]
    [InlineData("-1s", null)]
    [InlineData("", null)]
    public void Lengths_of_time_are_read_as_people_type_them(string text, int? milliseconds) =>
        Assert.Equal(milliseconds, Durations.TryParse(text, out var d) ? (int)d.TotalMilliseconds : null);

    private static IReadOnlyList<SettingMistake> Check(params (string Key, string Value)[] values) =>
        SettingsFile.Check(From(values), SettingsFile.EveryRole).Mistakes;

    private static IConfigurationRoot From(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value)))
            .Build();
}
