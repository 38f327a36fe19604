namespace EventSettlement.Facts;

/// <summary>A topic of facts: what outsiders may append to it, over HTTP, from files or as producers.</summary>
/// <param name="Check">Bytes to the record's key, or to the rules they break; pure.</param>
public sealed record FactTopic(string Name, FactTopic.Checking Check)
{
    /// <param name="now">UTC by the database's clock.</param>
    public delegate FactCheck Checking(byte[] body, DateTime now);
}

/// <summary>Either a key or at least one problem.</summary>
/// <param name="Key">What a producer of ours keys the record by.</param>
public sealed record FactCheck(string? Key, IReadOnlyList<FactProblem> Problems);
