using System.Text.Json.Nodes;

namespace EventSettlement.IntegrationTests.Fuzz.Http;

/// <summary>Which requests reach their endpoint, and so leave a row in the audit whatever becomes of them.</summary>
internal static class CarriedOut
{
    private static readonly string[] Before =
    [
        "key_needed",
        "role_too_low",
        "method_not_allowed",
        "path_not_found",
        "unsupported_media_type",
        "idempotency_key_needed",
        "idempotency_key_reused",
        "idempotency_in_progress",
    ];

    public static bool Is(int status, string body) =>
        status < 400 || (body.Length > 0 && !Before.Contains((string?)JsonNode.Parse(body)!["code"]));
}
