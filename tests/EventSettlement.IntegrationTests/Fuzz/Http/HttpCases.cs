using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using EventSettlement.IntegrationTests.Policies;
using EventSettlement.Tests.Fuzz.Intake;
using EventSettlement.Tests.Fuzz.Shared;

namespace EventSettlement.IntegrationTests.Fuzz.Http;

/// <summary>What the requests of one run are made of: all operations, keys by role, and ids that are there.</summary>
internal sealed record HttpSupplies(Operation[] Operations, string[] Keys, string[] Settlements);

/// <summary>Requests out of the description: nearly right ones, and those that must be refused.</summary>
internal sealed class HttpCases(Random random, HttpSupplies supplies)
{
    private static readonly string[] Types =
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json; charset=utf-16",
        "application/json; charset=nonsense",
        "application/problem+json",
        "text/plain",
        "application/x-ndjson",
        "x",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json;charset=\"",
        "",
    ];

    private readonly FactMutation _facts = new(random, FactCorpus.Bodies);
    private int _made;

    public HttpCase Next(bool refused)
    {
        var operation = Strange.Any(random, supplies.Operations);
        var made = new HttpCase(operation, operation.Method, Address(operation))
        {
            Key = Strange.Any(random, supplies.Keys),
            Idempotency = $"{random.Next(int.MaxValue)}-{_made++}",
        };
        if (operation.Method == HttpMethod.Post || operation.Method == HttpMethod.Put)
            Fill(made);
        if (refused)
            Spoil(made);
        else if (random.Next(4) == 0)
            Bend(made);
        return made;
    }

    /// <summary>In a way that leaves no doubt about the outcome.</summary>
    private void Spoil(HttpCase made)
    {
        switch (random.Next(made.Operation.IsChanging ? 7 : 4))
        {
            case 0:
                made.Key = random.Next(3) switch
                {
                    0 => null,
                    1 => "sk_wrong",
                    _ => Header(Strange.Text(random)),
                };
                made.Spoilt = made.Operation.Path.StartsWith("/healthz/", StringComparison.Ordinal)
                    ? null
                    : HttpCase.NoKey;
                break;
            case 1:
                string[] others = ["PUT", "DELETE", "PATCH", "TRACE", "NONSENSE"];
                made.Method = HttpMethod.Parse(
                    Strange.Any(random, [.. others.Where(method => method != made.Operation.Method.Method)])
                );
                made.Spoilt = "another method";
                break;
            case 2:
                made.Address = "/v1/" + Uri.EscapeDataString("no-such " + Strange.Text(random));
                made.Spoilt = "another path";
                break;
            case 3:
                made.Address += $"{(made.Address.Contains('?') ? '&' : '?')}stat%2{random.Next(10)}={Value(null)}";
                made.Spoilt =
                    made.Operation.Path.StartsWith("/v1/", StringComparison.Ordinal)
                    && !made.Operation.Path.Contains("/events/")
                        ? "another parameter"
                        : null;
                break;
            case 4:
                made.Key = supplies.Keys[0];
                made.Spoilt = HttpCase.LowRole;
                break;
            case 5:
                made.Idempotency = random.Next(3) switch
                {
                    0 => null,
                    1 => "",
                    _ => new string('k', 256),
                };
                made.Spoilt = "no Idempotency-Key";
                break;
            default:
                made.Body = Encoding.UTF8.GetBytes(Strange.Any(random, ["{", "[]", "7", "{\"no\":1}", "\0", "{]}"]));
                made.ContentType = "application/json";
                made.Spoilt = "another body";
                break;
        }

        if (made.Spoilt is not null)
            return;
        made.Address = "/v1/settlements?limit=0";
        (made.Spoilt, made.Method, made.Body) = ("a limit of nothing", HttpMethod.Get, null);
    }

    private void Bend(HttpCase made)
    {
        switch (random.Next(7))
        {
            case 0:
                made.ContentType = Strange.Any(random, Types);
                break;
            case 1:
                made.Idempotency = "key " + random.Next(5);
                break;
            case 2:
                made.Idempotency = Header(Strange.Text(random));
                break;
            case 3:
                made.Cookie = "settle_session=" + Header(Strange.Text(random));
                break;
            case 4 when random.Next(10) == 0:
                made.Cookie = new string('c', random.Next(20_000, 50_000));
                break;
            case 5 when random.Next(40) == 0:
                made.Body = new byte[random.Next(1_000_000, 1_200_000)];
                break;
            case 6:
                made.Address += "%" + random.Next(10, 99);
                break;
            default:
                made.Address += Uri.EscapeDataString(Strange.Text(random));
                break;
        }
    }

    private void Fill(HttpCase made)
    {
        made.ContentType = "application/json";
        if (made.Operation.Path.Contains("/events/", StringComparison.Ordinal))
            made.Body = random.Next(3) > 0 ? Fact() : _facts.Next();
        else if (random.Next(6) > 0)
            made.Body = Encoding.UTF8.GetBytes(
                "{"
                    + string.Join(
                        ',',
                        (made.Operation.Fields ?? [])
                            .Where(_ => random.Next(4) > 0)
                            .Select(f => $"\"{f.Name}\":{FieldValue(f.Name, f.Schema)}")
                    )
                    + "}"
            );
        else if (random.Next(3) > 0)
            made.Body = Encoding.UTF8.GetBytes(Strange.JsonValue(random));
        else
            made.ContentType = null;
    }

    private byte[] Fact() =>
        Encoding.UTF8.GetBytes(
            FactCorpus
                .Texts[0]
                .Replace("S-1001", $"F-{random.Next(2_000)}")
                .Replace("2026-11-19", $"2026-10-{random.Next(10, 30)}")
        );

    private string FieldValue(string name, JsonNode schema) =>
        random.Next(3) == 0
            ? Strange.JsonValue(random)
            : name switch
            {
                "programme" => "\"study-refund\"",
                "policy" => TrialFees.Document($"{random.Next(2027, 9999)}-01-01", random.Next(11_000)),
                "date" => $"\"2026-{random.Next(1, 13):00}-{random.Next(1, 29):00}\"",
                "from" => Strange.Any(random, ["\"2026-11-01\"", "\"2026-02-30\"", "\"9999-12-31\""]),
                "kind" => Strange.Any(random, ["\"PERSONAL\"", "\"NONE\"", "\"personal\""]),
                "payAt" => Strange.Any(random, ["null", "\"2026-11-21T10:00:00+09:00\"", "\"2031-01-01T00:00:00Z\""]),
                "state" => Strange.Any(random, ["\"FAILED\"", "\"COMPLETED\"", "\"failed,PENDING\""]),
                "run" => random.Next(1, 5).ToString(CultureInfo.InvariantCulture),
                _ when schema["type"]?.ToJsonString().Contains("boolean") is true => "true",
                _ => Strange.Quoted(Strange.Text(random)),
            };

    private string Address(Operation operation)
    {
        var address = operation.Path;
        var query = new List<string>();
        foreach (var (name, place, schema) in operation.Names)
            if (place == "path")
                address = address.Replace($"{{{name}}}", Uri.EscapeDataString(PathValue(operation, name, schema)));
            else if (place == "query" && random.Next(3) == 0)
                query.Add($"{name}={Value(name)}");
        return query.Count == 0 ? address : $"{address}?{string.Join('&', query)}";
    }

    private string PathValue(Operation operation, string name, JsonNode schema) =>
        random.Next(4) == 0
            ? Strange.Text(random).Replace("/", "%2F")
            : name switch
            {
                "topic" => operation.Path.Contains("/events/") ? "study-completed" : "settlements",
                "group" => "saga",
                "programme" => TrialFees.Name,
                "date" => "2026-11-01",
                "name" => "member",
                "partition" => random.Next(9).ToString(CultureInfo.InvariantCulture),
                "key" => $"{Strange.Any(random, supplies.Settlements)}-{random.Next(1, 4)}:1",
                _ when (string?)schema["format"] == "uuid" => Strange.Any(random, supplies.Settlements),
                _ => random.Next(1, 4).ToString(CultureInfo.InvariantCulture),
            };

    private string Value(string? name) =>
        Uri.EscapeDataString(
            random.Next(2) == 0
                ? Strange.Text(random)
                : name switch
                {
                    "limit" => random.Next(-1, 202).ToString(CultureInfo.InvariantCulture),
                    "run" => "1",
                    "settlement" or "after" => Strange.Any(random, supplies.Settlements),
                    "state" => Strange.Any(random, ["FAILED", "COMPLETED", "OPEN", "closed", "PAID"]),
                    "status" => "PARKED",
                    "member" => "M-1",
                    "stopped" => "true",
                    "key" => Strange.Any(random, ["/studyId", "/x", "/participants/0/memberId"]),
                    _ => "1",
                }
        );

    // What a header cannot carry never leaves a client.
    private static string Header(string text) =>
        string.Concat(text.Where(c => c is >= ' ' and < '\u007f' or > '\u009f'));
}
