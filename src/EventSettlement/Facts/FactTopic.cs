namespace EventSettlement.Facts;

/// <summary>A topic of facts: what outsiders may append to it, over HTTP, from files or as producers.</summary>
/// <param name="Check">Bytes to the record's key, or to the rules they break; pure.</param>
/// <param name="Schema">JSON schema (2020-12) of a body for the description of the API; null = any object.</param>
public sealed record FactTopic(string Name, FactTopic.Checking Check, string? Schema = null)
{
    /// <summary>From <c>docs/contracts/TOPIC.schema.json</c>, which is part of the program.</summary>
    public static string SchemaOf(string topic)
    {
        using var stream =
            typeof(FactTopic).Assembly.GetManifestResourceStream($"{topic}.schema.json")
            ?? throw new InvalidOperationException($"docs/contracts/{topic}.schema.json is not in the program");
        using var text = new StreamReader(stream);
        return text.ReadToEnd();
    }

    /// <param name="now">UTC by the database's clock.</param>
    public delegate FactCheck Checking(byte[] body, DateTime now);
}

/// <summary>Either a key or at least one problem.</summary>
/// <param name="Key">What a producer of ours keys the record by.</param>
public sealed record FactCheck(string? Key, IReadOnlyList<FactProblem> Problems);
