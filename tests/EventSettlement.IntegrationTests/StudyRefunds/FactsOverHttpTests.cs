using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using EventSettlement.Facts;
using EventSettlement.IntegrationTests.Doubles;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Platform;
using EventSettlement.StudyRefunds;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace EventSettlement.IntegrationTests.StudyRefunds;

public sealed class FactsOverHttpTests : IAsyncLifetime
{
    private static readonly string[] Good = [.. SampleStudies.Lines(3, 2, 1, new DateOnly(2026, 1, 1))];

    private TestDatabase _test = null!;
    private Database _database = null!;
    private WebApplication _api = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _test = await TestDatabase.Create();
        _database = new Database(_test.ConnectionString);
        var builder = WebApplication.CreateBuilder();
        builder
            .Services.AddSingleton(_database)
            .AddSingleton<IOutgoingWriter>(new OutboxRows())
            .AddSingleton<FactIntake>();
        StudyRefundsSlice.Slice.Add(new ServerProcess(builder.Services, Server.Catalogue.Defaults, []));
        _api = builder.Build();
        _api.Urls.Add("http://127.0.0.1:0");
        FactsSlice.Slice.Map(_api.MapGroup("/v1"));
        await _api.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_api.Urls.First()) };
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
        await _database.DisposeAsync();
        await _test.DisposeAsync();
    }

    [Fact]
    public async Task Lines_are_taken_with_the_study_as_key_and_byte_for_byte()
    {
        var answer = await Post("study-completed", string.Join('\n', Good));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(3, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accepted").GetInt32());
        Assert.Equal(
            3,
            await Count("SELECT count(*) FROM outbox WHERE msg_key LIKE 'S-1-%' AND topic = " + "'study-completed'")
        );
        Assert.Equal(1, await Count($"SELECT count(*) FROM outbox WHERE convert_from(body, 'UTF8') = '{Good[0]}'"));
    }

    [Fact]
    public async Task One_fact_may_be_spread_over_lines()
    {
        var spread = Good[0].Replace(",", ",\n", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, (await Post("study-completed", spread)).StatusCode);
        Assert.Equal(1, await Count("SELECT count(*) FROM outbox"));
    }

    [Fact]
    public async Task One_wrong_line_and_nothing_is_taken()
    {
        var wrong = Good[1].Replace("KRW", "USD", StringComparison.Ordinal);
        var answer = await Post("study-completed", $"{Good[0]}\n\n{wrong}\n{{\n");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var errors = (await answer.Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("errors")
            .EnumerateArray()
            .Select(e => (e.GetProperty("line").GetInt32(), e.GetProperty("pointer").GetString()))
            .ToArray();
        Assert.Equal([(3, "/currency"), (4, "")], errors);
        Assert.Equal(0, await Count("SELECT count(*) FROM outbox"));
    }

    [Fact]
    public async Task Every_wrong_line_is_named_however_much_is_wrong_with_each()
    {
        var answer = await Post("study-completed", string.Join('\n', Enumerable.Repeat("{}", FactLines.MaxLines)));
        var lines = (await answer.Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("errors")
            .EnumerateArray()
            .Select(e => e.GetProperty("line").GetInt32())
            .ToArray();
        Assert.Equal(Enumerable.Range(1, FactLines.MaxLines), lines.Distinct());
        Assert.InRange(lines.Length, FactLines.MaxLines + 1, FactLines.MaxLines + 100);
    }

    [Theory]
    [InlineData("settlements", 1, 404)]
    [InlineData("study-completed", 0, 422)]
    [InlineData("study-completed", 1_001, 413)]
    [InlineData("study-completed?key=studyId", 1, 422)]
    public async Task What_cannot_be_taken_is_refused(string path, int lines, int status)
    {
        var answer = await Post(path, string.Join('\n', Enumerable.Repeat(Good[0], lines)));
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"a\\u0000b\"")]
    public async Task What_cannot_be_kept_as_a_key_is_named_and_nothing_is_taken(string value)
    {
        var line = Good[0].Insert(1, $"\"x\":{value},");
        var answer = await Post("study-completed?key=/x", $"{Good[1]}\n{line}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0];
        Assert.Equal((2, "/x"), (error.GetProperty("line").GetInt32(), error.GetProperty("pointer").GetString()));
        Assert.Equal(0, await Count("SELECT count(*) FROM outbox"));
    }

    [Fact]
    public async Task A_body_over_1_MB_is_refused() =>
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            (await Post("study-completed", new string(' ', FactLines.MaxBytes + 1))).StatusCode
        );

    [Fact]
    public async Task A_file_is_sent_in_chunks_and_wrong_lines_are_named_as_in_the_file()
    {
        var lines = SampleStudies.Lines(2_500, 2, 2, new DateOnly(2026, 1, 1)).ToList();
        lines.Add("{}");
        var path = Path.GetTempFileName();
        await File.WriteAllLinesAsync(path, lines);
        var answer = await new FactFile(_client).Send(
            "study-completed",
            path,
            "/participants/0/memberId",
            null,
            default
        );
        File.Delete(path);
        Assert.Equal(2_000, answer.Accepted);
        Assert.Equal((2_501, "missing_field"), (answer.Problems[0].Line, answer.Problems[0].Code));
        Assert.Equal(2_000, await Count("SELECT count(*) FROM outbox WHERE msg_key LIKE 'M-%'"));
    }

    [Fact]
    public async Task However_much_of_a_file_is_wrong_it_is_sent_to_its_end()
    {
        var path = Path.GetTempFileName();
        await File.WriteAllLinesAsync(
            path,
            [.. Enumerable.Repeat("{}", 3_000), .. SampleStudies.Lines(1_000, 1, 2, new DateOnly(2026, 1, 1))]
        );
        var answer = await new FactFile(_client).Send("study-completed", path, null, null, default);
        File.Delete(path);
        Assert.Equal((1_000, 100), (answer.Accepted, answer.Problems.Count));
    }

    private Task<HttpResponseMessage> Post(string path, string body) =>
        _client.PostAsync("v1/events/" + path, new StringContent(body, Encoding.UTF8, "application/json"));

    private async Task<long> Count(string sql)
    {
        await using var command = _database.Reads.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
