namespace EventSettlement.Messaging;

/// <summary>
/// Bugs on purpose, to prove that the fault harness finds them. They exist in the build configuration Planted alone,
/// chosen by EVENTSETTLEMENT_PLANTED_BUG; in every other build the answer is a constant and the code behind it is gone.
/// </summary>
public static class Planted
{
#if PLANTED_BUGS
    private static readonly string? Chosen = Environment.GetEnvironmentVariable("EVENTSETTLEMENT_PLANTED_BUG");

    public static bool Bug(string name) => Chosen == name;
#else
    public static bool Bug(string name) => false;
#endif
}
