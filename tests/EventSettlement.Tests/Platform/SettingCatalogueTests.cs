using EventSettlement.Payouts;
using EventSettlement.Platform.Configuration;
using EventSettlement.Programmes;
using Microsoft.Extensions.Configuration;

namespace EventSettlement.Tests.Platform;

public sealed class SettingCatalogueTests
{
    private const string Postgres = "Host=h;Username=u;Password=s3cret;Database=d";

    [Fact]
    public void All_mistakes_are_told_at_once_with_rule_and_example()
    {
        var mistakes = Check(
            ("ConnectionStrings:Main", Postgres),
            ("EventLog:Kind", "rabbit"),
            ("Downstreams:member:MaxItems", "501"),
            ("Programmes:study-refund:RetryDelays", "2m,4m"),
            ("Api:Urls", "8080")
        );
        Assert.Equal(
            [
                "Api:Urls",
                "Downstreams:member:MaxItems",
                "EventLog:Kind",
                "Programmes:study-refund:RetryDelays",
                "Downstreams:member:BaseUrl",
                "Programmes:creator-revenue:Downstream",
            ],
            mistakes.Select(m => m.Key)
        );
        Assert.All(mistakes, m => Assert.NotEmpty(m.Example));
    }

    [Fact]
    public void Every_key_stands_in_the_operators_page_with_its_rule()
    {
        var page = File.ReadAllText(Path.Combine(TidyTests.FindRoot(), "docs", "operations", "configuration.md"));
        Assert.All(Server.Catalogue.Keys, key => Assert.Contains($"| `{key.Key}` | {key.Rule} | `", page));
    }

    [Fact]
    public void An_unknown_key_is_a_mistake_that_names_the_nearest_one()
    {
        var mistake = Assert.Single(
            Check(
                ("ConnectionStrings:Main", Postgres),
                ("Downstreams:member:BaseUrl", "http://m"),
                ("Programmes:creator-revenue:Downstream", "member"),
                ("Downstreams:member:TimeOuts", "3s")
            )
        );
        Assert.Contains("did you mean Downstreams:member:Timeout?", mistake.Rule);
    }

    [Fact]
    public void A_secret_is_neither_shown_nor_quoted()
    {
        var (settings, _) = Server.Catalogue.Check(From(("ConnectionStrings:Main", Postgres)));
        Assert.DoesNotContain(Server.Catalogue.Show(settings), row => row.Value.Contains("s3cret"));
        Assert.DoesNotContain(
            "s3cret",
            string.Join('\n', Check(("ConnectionStrings:Main", "Password=s3cret;Nonsense=1")))
        );
    }

    [Theory]
    [InlineData("Host=h;Username=u;Password=s3cret", "no Database")]
    [InlineData("Host=h;Username=u;Database=d;sslmode=verify-ful", "sslmode cannot have this value")]
    [InlineData("Host=h;Username=u;Database=d;Foo=bar", "keyword 4 of it is none that Npgsql knows")]
    [InlineData("Host=h;Username=u;Database=d;Target Session Attributes=primary", "only supported with multiple hosts")]
    public void A_connection_string_is_refused_for_what_is_wrong_with_it(string value, string told) =>
        Assert.Contains(
            told,
            Assert.Single(Check(("ConnectionStrings:Main", value)), m => m.Key == "ConnectionStrings:Main").Rule,
            StringComparison.OrdinalIgnoreCase
        );

    [Fact]
    public void A_primary_and_its_replica_may_be_named_together() =>
        Assert.DoesNotContain(
            Check(
                (
                    "ConnectionStrings:Main",
                    "Host=a:5432,b:5433;Username=u;Password=p;Database=d;Target Session Attributes=primary"
                )
            ),
            m => m.Key == "ConnectionStrings:Main"
        );

    [Fact]
    public void A_quiet_period_shorter_than_a_call_in_flight_is_refused() =>
        Assert.Contains(
            Check(
                ("ConnectionStrings:Main", Postgres),
                ("Downstreams:member:BaseUrl", "http://m"),
                ("Payouts:CancelQuietPeriod", "3m")
            ),
            m => m.Key == "Payouts:CancelQuietPeriod"
        );

    [Fact]
    public void A_list_may_be_written_in_one_line_or_as_a_json_array()
    {
        var line = Settings(("Programmes:study-refund:RetryDelays", "2s,4s,8s"));
        var array = Settings(
            ("Programmes:study-refund:RetryDelays:0", "2s"),
            ("Programmes:study-refund:RetryDelays:1", "4s"),
            ("Programmes:study-refund:RetryDelays:2", "8s")
        );
        TimeSpan[] delays = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8)];
        Assert.Equal(delays, line.Get(ProgrammeSettings.RetryDelays, "study-refund"));
        Assert.Equal(delays, array.Get(ProgrammeSettings.RetryDelays, "study-refund"));
    }

    [Theory]
    [InlineData("MemberService:Timeout", "Downstreams:member:Timeout")]
    [InlineData("memberservice:timeout", "Downstreams:member:Timeout")]
    [InlineData("Downstreams:own_points:Timeout", "Downstreams:own-points:Timeout")]
    public void A_key_may_be_spelled_in_ways_that_a_shell_can_carry(string written, string key)
    {
        var name = key.Split(':')[1];
        Assert.Equal(TimeSpan.FromSeconds(7), Settings((written, "7s")).Get(PayoutSettings.Timeout, name));
        Assert.Contains(Check((written, "7h")), m => m.Key == key);
    }

    [Fact]
    public void A_later_source_wins_whichever_spelling_it_uses()
    {
        var both = new ConfigurationBuilder()
            .AddConfiguration(From(("MemberService:Timeout", "5s")))
            .AddConfiguration(From(("Downstreams:member:Timeout", "7s")))
            .Build();
        var settings = Server.Catalogue.Check(both).Settings;
        Assert.Equal(TimeSpan.FromSeconds(7), settings.Get(PayoutSettings.Timeout, "member"));
    }

    [Fact]
    public void A_programme_that_there_is_not_is_a_mistake_that_names_those_there_are()
    {
        var mistakes = Check(("Programmes:studie-refund:Cron", "0 0 3 * * ?"));
        Assert.Contains(mistakes, m => m.Rule.Contains("did you mean study-refund?", StringComparison.Ordinal));
    }

    [Fact]
    public void A_programme_without_a_downstream_is_told_which_key_is_missing()
    {
        var terms = new ProgrammeTerms("creator-revenue")
        {
            SubjectWord = "creator",
            PayeeWord = "creator",
            SourceAccount = "revenue",
            Cron = "0 0 5 1 * ?",
            FactTopics = [],
        };
        var catalogue = Server.CatalogueOf([.. Server.Slices, new ProgrammeSlice(terms)]);
        var (settings, mistakes) = catalogue.Check(From(("MemberService:BaseUrl", "http://m")));
        Assert.Contains(mistakes, m => m.Key == "Programmes:creator-revenue:Downstream");
        Assert.Contains(("Programmes:creator-revenue:Cron", "0 0 5 1 * ?"), catalogue.Show(settings));
    }

    [Fact]
    public void A_downstream_that_a_programme_pays_through_needs_an_address()
    {
        var mistakes = Check(("Programmes:study-refund:Downstream", "own-points"));
        Assert.Contains(mistakes, m => m.Key == "Downstreams:own-points:BaseUrl");
    }

    [Fact]
    public void A_long_list_keeps_its_order_and_a_later_source_replaces_all_of_it()
    {
        var twelve = Enumerable.Range(0, 12).Select(i => ($"Payouts:DoubtDelays:{i}", $"{i + 1}s")).ToArray();
        Assert.Equal(
            Enumerable.Range(1, 12).Select(i => TimeSpan.FromSeconds(i)),
            Settings(twelve).Get(PayoutSettings.DoubtDelays)
        );
        var both = new ConfigurationBuilder()
            .AddConfiguration(From(twelve))
            .AddInMemoryCollection([KeyValuePair.Create("Payouts:DoubtDelays", (string?)"5m")])
            .Build();
        Assert.Equal([TimeSpan.FromMinutes(5)], Server.Catalogue.Check(both).Settings.Get(PayoutSettings.DoubtDelays));
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
    [InlineData("Downstreams:member:ApiKey", "clé")]
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
        Server.Catalogue.Check(From(values)).Mistakes;

    private static Settings Settings(params (string Key, string Value)[] values) =>
        Server.Catalogue.Check(From(values)).Settings;

    private static IConfigurationRoot From(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value)))
            .Build();
}
