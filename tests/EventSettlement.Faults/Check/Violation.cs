namespace EventSettlement.Faults.Check;

/// <summary>A broken invariant with the smallest evidence: ids, rows, journal lines, in the order of time.</summary>
internal sealed record Violation(string Invariant, string What, params string[] Evidence)
{
    public override string ToString() =>
        $"{Invariant}: {What}{string.Concat(Evidence.Select(line => Environment.NewLine + "      " + line))}";
}
