namespace EventSettlement.Programmes;

/// <summary>What is said of a programme without a database.</summary>
/// <param name="Name">As it stands in accounts, settings and screens: lower-case words with dashes.</param>
public sealed record ProgrammeTerms(string Name)
{
    /// <summary>Who is settled, for screens and sentences: <c>partner</c>.</summary>
    public required string SubjectWord { get; init; }

    /// <summary>Who is paid: <c>member</c>.</summary>
    public required string PayeeWord { get; init; }

    /// <summary>Where owed money comes from, and goes back to when it is written off.</summary>
    public required string SourceAccount { get; init; }

    /// <summary>When it runs if nothing is set: a Quartz cron expression in Asia/Seoul.</summary>
    public required string Cron { get; init; }

    /// <summary>Where its facts come from; a file of facts for a desk goes to the first.</summary>
    public required IReadOnlyList<string> FactTopics { get; init; }

    /// <summary>Who pays if nothing is set; null = the installation must say.</summary>
    public string? Downstream { get; init; }

    /// <summary>Facts to try with, of the days before a date; the same seed gives the same facts.</summary>
    public Func<SampleSize, IEnumerable<SampleFact>> Sample { get; init; } = _ => [];

    /// <summary>The policy that the sample needs, as JSON; null = none.</summary>
    public Func<SampleSize, string?> SamplePolicy { get; init; } = _ => null;
}

/// <param name="Subjects">How many, about.</param>
/// <param name="Date">Business date in Asia/Seoul: a run for it settles all of the sample.</param>
public sealed record SampleSize(int Subjects, int Seed, DateOnly Date);

/// <summary>One fact: a line of JSON for a topic.</summary>
public sealed record SampleFact(string Topic, string Json);
