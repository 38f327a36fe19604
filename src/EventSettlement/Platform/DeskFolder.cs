namespace EventSettlement.Platform;

/// <summary>Where a desk's installation keeps its files.</summary>
internal static class DeskFolder
{
    /// <summary>The scripts at the root of a clone name it; elsewhere it is beside you.</summary>
    public static string Path =>
        Environment.GetEnvironmentVariable("EVENTSETTLEMENT_HOME") is { Length: > 0 } home ? home : ".settle";
}
