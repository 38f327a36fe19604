namespace EventSettlement.Api;

public sealed record ReasonBody(string? Reason = null);

/// <summary>A request that tells nothing; a field in it would be a mistake.</summary>
public sealed record NoBody;
