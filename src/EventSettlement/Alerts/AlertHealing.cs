namespace EventSettlement.Alerts;

/// <summary>How a slice says when its own alerts are over by themselves.</summary>
/// <param name="Condition">
/// SQL about the alert's columns, true once its cause is gone. It is asked in the statement that closes the alert, and
/// an alert is written in the transaction of what raised it, so one is never seen without the other.
/// </param>
public sealed record AlertHealing(string Code, string Condition)
{
    /// <summary>Of what tells of itself each time it happens: over when it has not happened for ten minutes.</summary>
    public static AlertHealing WhenQuiet(string code) => new(code, "last_at < clock() - interval '10 minutes'");
}
