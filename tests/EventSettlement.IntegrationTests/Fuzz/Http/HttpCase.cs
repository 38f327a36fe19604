using System.Net.Http.Headers;
using System.Text;

namespace EventSettlement.IntegrationTests.Fuzz.Http;

/// <summary>A request that can be sent again and printed.</summary>
internal sealed class HttpCase(Operation operation, HttpMethod method, string address)
{
    public const string NoKey = "no key";
    public const string LowRole = "a role that only reads";

    public Operation Operation { get; } = operation;

    public HttpMethod Method { get; set; } = method;

    public string Address { get; set; } = address;

    public string? Key { get; set; }

    public string? Idempotency { get; set; }

    public byte[]? Body { get; set; }

    public string? ContentType { get; set; }

    public string? Cookie { get; set; }

    /// <summary>Why it has to be refused; null where it may be taken.</summary>
    public string? Spoilt { get; set; }

    /// <summary>The web server refuses such a one before anything of ours sees it, and without a body.</summary>
    public bool IsNoHttp =>
        Address.Length > 8_000 || Address.Contains("%00", StringComparison.Ordinal) || (Cookie?.Length ?? 0) > 30_000;

    public bool IsTooLarge => Body?.Length > 1024 * 1024 || Cookie?.Length > 30_000;

    public HttpRequestMessage Message()
    {
        var message = new HttpRequestMessage(Method, Address);
        Add(message.Headers, "Authorization", Key is null ? null : "Bearer " + Key);
        Add(message.Headers, "Idempotency-Key", Idempotency);
        Add(message.Headers, "Cookie", Cookie);
        if (Body is null)
            return message;
        message.Content = new ByteArrayContent(Body);
        if (ContentType is not null)
            message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        return message;
    }

    public override string ToString() =>
        $"{Method} {Shown(Address)} ({Spoilt ?? "free"}; Idempotency-Key "
        + $"'{Shown(Idempotency)}', Content-Type '{Shown(ContentType)}')\n"
        + (Body is null ? "no body" : $"{Body.Length} bytes: {Shown(Encoding.UTF8.GetString(Body))}");

    private static void Add(HttpRequestHeaders headers, string name, string? value)
    {
        if (value is not null)
            headers.TryAddWithoutValidation(name, value);
    }

    private static string? Shown(string? text) => text?.Length > 600 ? text[..600] + "…" : text;
}
