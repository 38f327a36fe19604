namespace EventSettlement.Payouts.Calls;

/// <summary>How a bulk call ended, as far as money is concerned.</summary>
internal enum CallKind
{
    /// <summary>200 with a body.</summary>
    Answered,

    /// <summary>It never left: connection refused, breaker open.</summary>
    NotSent,

    /// <summary>429, 503: nothing was done, ask later.</summary>
    Throttled,

    /// <summary>It left, and what became of it is unknown.</summary>
    NoAnswer,

    /// <summary>200 with a body that is no answer: as unknown, and each time so until somebody looks.</summary>
    Unreadable,

    /// <summary>400, 413, 422: nothing was done because of something in the call.</summary>
    BadRequest,

    /// <summary>
    /// 401, 403, 404, 405, 415, 3xx: nothing was done and nothing will be until somebody sets it right.
    /// </summary>
    Misconfigured,
}

/// <summary>A call's end.</summary>
internal sealed class CallOutcome(CallKind kind, string code, string? message = null, TimeSpan? retryAfter = null)
{
    public CallKind Kind { get; } = kind;

    /// <summary>Such as <c>timeout</c>, <c>http_503</c>.</summary>
    public string Code { get; } = code;

    public string? Message { get; } = message;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>What was answered, one entry an item by the items' order; none where nothing was.</summary>
    public AnswerEntry[] Entries { get; private init; } = [];

    public static CallOutcome Answered(AnswerEntry[] entries) =>
        new(CallKind.Answered, "answered") { Entries = entries };
}
