namespace EventSettlement.StudyRefunds.Facts;

/// <summary>What stood in a body, each value by itself already right; null where it was missing or wrong.</summary>
internal sealed class FactFields
{
    /// <summary>
    /// The first problems tell what is wrong; a body of broken rows shall not fill the table of parked ones.
    /// </summary>
    public const int MaxProblems = 20;

    private readonly List<FactProblem> _problems = [];

    public string? StudyId { get; set; }

    public DateTime? CompletedAt { get; set; }

    public string? Currency { get; set; }

    public long? Deposit { get; set; }

    public long? Penalty { get; set; }

    public List<(string Member, int Absences, int Place)> Participants { get; } = [];

    /// <summary>Elements of the array, right or wrong.</summary>
    public int ParticipantsSeen { get; set; }

    public IReadOnlyList<FactProblem> Problems => _problems;

    public void Break(string code, string pointer, string rule)
    {
        if (_problems.Count < MaxProblems)
            _problems.Add(new FactProblem(code, pointer, rule));
    }
}
