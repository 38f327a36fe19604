using System.Diagnostics;
using System.Text.Json.Serialization;

namespace EventSettlement.Platform;

/// <summary>One field at fault: a JSON pointer into the body, or the name of a query parameter after a slash.</summary>
/// <param name="Line">Of a body of lines, from 1.</param>
/// <param name="Code">Which rule, for programs.</param>
public sealed record FieldError(
    string Pointer,
    string Rule,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Line = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code = null
);

/// <summary>RFC 9457. <c>Next</c> says what to do; <c>Retryable</c> that the same request may succeed later.</summary>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Code,
    string Detail,
    string TraceId,
    bool Retryable,
    string? Next,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FieldError>? Errors
);

/// <summary>Ends a request with a problem document.</summary>
public sealed class ProblemException(
    int status,
    string code,
    string detail,
    string? next = null,
    bool retryable = false,
    params FieldError[] errors
) : Exception(detail)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public Problem Document() =>
        new(
            "urn:event-settlement:problem:" + Code,
            Code.Replace('_', ' '),
            Status,
            Code,
            Message,
            CurrentTrace(),
            retryable,
            next,
            errors.Length == 0 ? null : errors
        );

    public static ProblemException NotFound(string code, string detail) =>
        new(404, code, detail, "check the id; lists show what there is");

    public static ProblemException Invalid(string pointer, string rule) =>
        new(
            400,
            "invalid_request",
            $"{pointer.TrimStart('/')}: {rule}",
            "correct the fields in errors",
            errors: new FieldError(pointer, rule)
        );

    /// <param name="code">Why, for programs; it stands in errors, since all refusals share one code.</param>
    public static ProblemException Refused(string code, string reason, string? next = null) =>
        new(
            409,
            "refused_by_state",
            reason,
            next ?? "look at the state and its history first",
            errors: new FieldError("/state", code, Code: code)
        );

    public static ProblemException Unauthorized() =>
        new(401, "key_needed", "a valid key is needed", "send the header Authorization: Bearer KEY");

    /// <param name="needed">The role that would do; null where none does.</param>
    public static ProblemException Forbidden(string? needed) =>
        new(
            403,
            "role_too_low",
            needed is null ? "this is open to nobody" : $"this needs the role {needed}",
            "ask for a key with a higher role"
        );

    private static string CurrentTrace() => (Activity.Current?.TraceId ?? ActivityTraceId.CreateRandom()).ToHexString();
}
