using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventSettlement.Sandbox;

/// <summary>
/// How the sandbox misbehaves; all off by default. Shares are 0 to 1 and drawn by key or by call from the seed. Set
/// with <c>--faults '{"latencyMs":20}'</c> or by <c>POST /sandbox/faults</c> with the whole of it. Settable, not
/// init-only: compiled deserializers lose the initial values of init-only properties.
/// </summary>
internal sealed record Faults
{
    /// <summary>Of items: rejected, by key and so always the same ones.</summary>
    public double Reject { get; set; }

    /// <summary>Of items: failed <see cref="FailTimes"/> times, by key, then credited.</summary>
    public double Fail { get; set; }

    public int FailTimes { get; set; } = 1;

    /// <summary>Every call is answered after this.</summary>
    public int LatencyMs { get; set; }

    /// <summary>Of calls: answered so much later, after the credit.</summary>
    public double Late { get; set; }

    public int LateMs { get; set; } = 60_000;

    /// <summary>Of calls: credited, and the connection is cut instead of an answer.</summary>
    public double DropAnswer { get; set; }

    /// <summary>Of calls: not credited, and the connection is cut.</summary>
    public double DropRequest { get; set; }

    /// <summary>
    /// Of calls: answers in another order, one of them missing, one of an unknown key too many, one twice.
    /// </summary>
    public double Shuffle { get; set; }

    public double LeaveOut { get; set; }

    public double Add { get; set; }

    public double Twice { get; set; }

    /// <summary>Of calls: one answer echoes another amount.</summary>
    public double WrongAmount { get; set; }

    /// <summary>
    /// Of calls: refused with <see cref="Status"/> and <see cref="RetryAfterSeconds"/>; nothing is done.
    /// </summary>
    public double Refuse { get; set; }

    public int Status { get; set; } = 503;

    public int? RetryAfterSeconds { get; set; }

    /// <summary>Takes requests and never answers, for so long from now; the credits of calls are not made.</summary>
    public int DeadMs { get; set; }

    /// <summary>As <see cref="DeadMs"/>, but the credits are made.</summary>
    public int MuteMs { get; set; }

    /// <summary>Whether lookups suffer too.</summary>
    public bool Lookups { get; set; }

    public int Seed { get; set; } = 1;

    public static Faults Parse(string text) =>
        JsonSerializer.Deserialize(text, FaultsJson.Default.Faults) ?? new Faults();

    /// <summary>Whether the share hits this key; the same for every try.</summary>
    public bool Hits(double share, string key, int salt) => share > 0 && Draw(key, salt) < share;

    private double Draw(string key, int salt)
    {
        // FNV-1a: stable from process to process, which string.GetHashCode is not.
        var hash = unchecked(2166136261u ^ (uint)((Seed * 31) + salt));
        foreach (var letter in key)
            hash = unchecked((hash ^ letter) * 16777619u);
        hash ^= hash >> 15;
        hash = unchecked(hash * 2246822519u);
        return (hash ^ (hash >> 13)) / (double)uint.MaxValue;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Faults))]
internal sealed partial class FaultsJson : JsonSerializerContext;
