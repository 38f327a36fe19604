using System.Net;
using EventSettlement.Access;
using EventSettlement.IntegrationTests.Api;
using EventSettlement.Payees;
using Npgsql;

namespace EventSettlement.IntegrationTests.Payees;

public sealed class TaxProfileTests(RunningApi api) : IClassFixture<RunningApi>
{
    private static readonly DateOnly November = new(2026, 11, 1);

    [Fact]
    public async Task What_is_put_is_in_force_from_its_day_on()
    {
        var answer = await Put("A", "2026-11-01", "PERSONAL");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var row = await RunningApi.Json(answer);
        Assert.Equal(
            ("A", "2026-11-01", "PERSONAL", "Approver"),
            ((string?)row["payeeId"], (string?)row["from"], (string?)row["kind"], (string?)row["putBy"])
        );
        Assert.Equal(5, row.AsObject().Count);
        Assert.Empty(await InForce(November.AddDays(-1), null, "A", "unknown"));
        Assert.Equal([("A", TaxKind.Personal)], await InForce(November, null, "A", "unknown"));
        await Put("A", "2026-12-01", "NONE");
        Assert.Equal([("A", TaxKind.Personal)], await InForce(November.AddDays(29), null, "A"));
        Assert.Equal([("A", TaxKind.None)], await InForce(November.AddDays(30), null, "A"));
    }

    [Fact]
    public async Task The_same_again_changes_nothing()
    {
        await Put("SAME", "2026-11-01", "PERSONAL");
        var again = await RunningApi.Json(await Put("SAME", "2026-11-01", "PERSONAL"));
        Assert.Equal("PERSONAL", (string?)again["kind"]);
        Assert.Equal(1, await Rows("SAME"));
        var many = await RunningApi.Json(await PutMany(Row("SAME", "2026-11-01", "PERSONAL"), Row("SAME2")));
        Assert.Equal((1, 1), ((int)many["put"]!, (int)many["unchanged"]!));
        Assert.Equal(1, await Rows("SAME"));
    }

    [Fact]
    public async Task The_last_of_a_day_counts_and_what_was_known_before_stays_known()
    {
        await Put("C", "2026-11-01", "PERSONAL");
        var before = await Clock();
        await Put("C", "2026-11-01", "NONE");
        await Put("C", "2026-11-01", "PERSONAL");
        await Put("C", "2026-11-01", "NONE");
        Assert.Equal([("C", TaxKind.None)], await InForce(November, null, "C"));
        Assert.Equal([("C", TaxKind.Personal)], await InForce(November, before, "C"));
        Assert.Empty(await InForce(November, before.AddDays(-1), "C"));
        var listed = await RunningApi.Json(await Get("/v1/payees/tax?payee=C"));
        Assert.Equal(
            ["PERSONAL", "NONE", "PERSONAL", "NONE"],
            listed["items"]!.AsArray().Select(row => (string?)row!["kind"])
        );
    }

    [Fact]
    public async Task Of_several_for_one_day_in_a_request_the_last_counts()
    {
        var answer = await PutMany(
            Row("D", "2026-11-01", "PERSONAL"),
            Row("D", "2026-10-01", "PERSONAL"),
            Row("D", "2026-11-01", "NONE")
        );
        Assert.Equal(2, (int)(await RunningApi.Json(answer))["put"]!);
        Assert.Equal([("D", TaxKind.None)], await InForce(November, null, "D"));
    }

    [Fact]
    public async Task Whoever_asks_for_what_was_known_waits_for_puts_under_way()
    {
        var profiles = new TaxProfiles(api.Database);
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var put = profiles.Put(
            [new TaxProfile("WAIT", November, TaxKind.Personal)],
            "tester",
            _ =>
            {
                reached.SetResult();
                return go.Task;
            },
            default
        );
        await reached.Task;
        var read = InForce(November, await Clock(), "WAIT");
        Assert.Empty(await InForce(November, null, "WAIT"));
        Assert.False(read.IsCompleted);
        go.SetResult();
        Assert.Equal(1, await put);
        Assert.Equal([("WAIT", TaxKind.Personal)], await read);
    }

    [Fact]
    public async Task Thousands_are_read_at_once()
    {
        for (var first = 0; first < 3_000; first += 1_000)
            await PutMany([.. Enumerable.Range(first, 1_000).Select(i => Row($"T-{i}", "2026-11-01", "PERSONAL"))]);
        var asked = Enumerable.Range(0, 6_000).Select(i => $"T-{i}").ToArray();
        Assert.Equal(3_000, (await InForce(November, await Clock(), asked)).Count);
    }

    [Fact]
    public async Task A_list_goes_by_payee_day_and_order_of_puts_page_by_page()
    {
        await PutMany(
            Row("L-2", "2026-11-01"),
            Row("L-1", "2026-11-01"),
            Row("L-1", "2026-01-01"),
            Row("L-|", "2026-01-01")
        );
        await PutMany(Row("L-1", "2026-01-01", "NONE"));
        string[] first = ["L-1 2026-01-01 PERSONAL", "L-1 2026-01-01 NONE", "L-1 2026-11-01 PERSONAL"];
        Assert.Equal(first, await Listed("/v1/payees/tax?limit=1&payee=L-1"));
        Assert.Equal(
            [.. first, "L-2 2026-11-01 PERSONAL", "L-| 2026-01-01 PERSONAL"],
            (await Listed("/v1/payees/tax?limit=200")).Where(row => row.StartsWith("L-", StringComparison.Ordinal))
        );
        Assert.Equal(HttpStatusCode.BadRequest, (await Get("/v1/payees/tax?after=x")).StatusCode);
    }

    [Fact]
    public async Task A_request_with_a_mistake_puts_nothing_and_names_each()
    {
        var answer = await PutMany(
            Row("BAD"),
            Row("", "2026-13-01", "PRIVATE"),
            null!,
            Row("a\u0007", "2026-11-01"),
            new { payeeId = "BAD" }
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = await RunningApi.Json(answer);
        Assert.Equal("invalid_tax_profiles", (string?)problem["code"]);
        Assert.Equal(
            [
                "/rows/1/payeeId",
                "/rows/1/from",
                "/rows/1/kind",
                "/rows/2",
                "/rows/3/payeeId",
                "/rows/4/from",
                "/rows/4/kind",
            ],
            problem["errors"]!.AsArray().Select(error => (string?)error!["pointer"])
        );
        Assert.Equal(0, await Rows("BAD"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_001)]
    public async Task A_request_has_1_to_1000_rows(int rows)
    {
        var answer = await PutMany([.. Enumerable.Range(0, rows).Select(i => Row($"M-{i}"))]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("/rows", (string?)(await RunningApi.Json(answer))["errors"]![0]!["pointer"]);
    }

    [Theory]
    [InlineData("P%07")]
    [InlineData("P%2FQ")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public async Task An_address_holds_an_id(string id)
    {
        var answer = await Send(HttpMethod.Put, Role.Approver, $"/v1/payees/{id}/tax", Body("2026-11-01", "NONE"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("/id", (string?)(await RunningApi.Json(answer))["errors"]![0]!["pointer"]);
    }

    [Fact]
    public async Task An_address_may_hold_an_id_of_any_other_characters()
    {
        await Send(HttpMethod.Put, Role.Approver, "/v1/payees/%EC%B0%BD%20%3F%25/tax", Body("2026-11-01", "PERSONAL"));
        Assert.Equal([("창 ?%", TaxKind.Personal)], await InForce(November, null, "창 ?%"));
    }

    [Fact]
    public async Task An_operator_may_look_and_put_nothing()
    {
        var body = new { rows = new[] { Row("ROLE") } };
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await Send(HttpMethod.Post, Role.Operator, "/v1/payees/tax", body)).StatusCode
        );
        var one = await Send(HttpMethod.Put, Role.Operator, "/v1/payees/ROLE/tax", Body("2026-11-01", "NONE"));
        Assert.Equal(HttpStatusCode.Forbidden, one.StatusCode);
        Assert.Equal(0, await Rows("ROLE"));
    }

    [Fact]
    public async Task A_put_names_itself_is_carried_out_once_and_stands_in_the_audit()
    {
        const string path = "/v1/payees/KEY/tax";
        var body = Body("2026-11-01", "PERSONAL");
        var unnamed = await api.Send(HttpMethod.Put, Role.Approver, path, body, null);
        Assert.Equal("idempotency_key_needed", (string?)(await RunningApi.Json(unnamed))["code"]);
        await api.Send(HttpMethod.Put, Role.Approver, path, body, "tax of KEY");
        var again = await api.Send(HttpMethod.Put, Role.Approver, path, body, "tax of KEY");
        Assert.Equal("true", again.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal(1, await Rows("KEY"));
        const string audited = """
            SELECT count(*) FROM audit WHERE actor = 'Approver' AND action = 'PUT /v1/payees/{id}/tax'
                AND target = '/v1/payees/KEY/tax' AND detail = 'answered 200'
            """;
        Assert.Equal(1, await api.Count(audited));
    }

    [Theory]
    [InlineData("UPDATE payee_tax SET kind = 'NONE'")]
    [InlineData("DELETE FROM payee_tax")]
    [InlineData("TRUNCATE payee_tax")]
    public async Task What_was_put_is_never_edited(string sql)
    {
        await using var command = api.Database.Reads.CreateCommand(sql);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
        Assert.Contains("append-only", refused.Message, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> Put(string payee, string from, string kind) =>
        Send(HttpMethod.Put, Role.Approver, $"/v1/payees/{payee}/tax", Body(from, kind));

    private Task<HttpResponseMessage> PutMany(params object[] rows) =>
        Send(HttpMethod.Post, Role.Approver, "/v1/payees/tax", new { rows });

    private Task<HttpResponseMessage> Send(HttpMethod method, Role role, string path, object body) =>
        api.Send(method, role, path, body, Guid.NewGuid().ToString());

    /// <summary>All pages, one after the other.</summary>
    private async Task<List<string>> Listed(string path)
    {
        var (seen, after) = (new List<string>(), "");
        do
        {
            var page = await RunningApi.Json(await Get(path + after));
            seen.AddRange(page["items"]!.AsArray().Select(row => $"{row!["payeeId"]} {row["from"]} {row["kind"]}"));
            after = page["after"] is { } place ? $"&after={place}" : "";
        } while (after.Length > 0);

        return seen;
    }

    private async Task<HttpResponseMessage> Get(string path)
    {
        using var client = api.Client(Role.Viewer);
        return await client.GetAsync(path);
    }

    private async Task<List<(string, TaxKind)>> InForce(DateOnly on, DateTime? known, params string[] payees) =>
        [
            .. (await new TaxProfiles(api.Database).Read(payees, on, known, default))
                .Select(one => (one.Key, one.Value))
                .OrderBy(one => one.Key, StringComparer.Ordinal),
        ];

    private async Task<DateTime> Clock()
    {
        await using var command = api.Database.Reads.CreateCommand("SELECT clock()");
        return (DateTime)(await command.ExecuteScalarAsync())!;
    }

    private Task<long> Rows(string payee) => api.Count($"SELECT count(*) FROM payee_tax WHERE payee_id = '{payee}'");

    private static object Body(string from, string kind) => new { from, kind };

    private static object Row(string payeeId, string from = "2026-11-01", string kind = "PERSONAL") =>
        new
        {
            payeeId,
            from,
            kind,
        };
}
