namespace EventSettlement.StudyRefunds.Facts;

/// <summary>What stood in a body, each value by itself already right; null where it was missing or wrong.</summary>
internal sealed class StudyFields
{
    public string? StudyId { get; set; }

    public DateTime? CompletedAt { get; set; }

    public string? Currency { get; set; }

    public long? Deposit { get; set; }

    public long? Penalty { get; set; }

    public List<(string Member, int Absences, int Place)> Participants { get; } = [];

    /// <summary>Elements of the array, right or wrong.</summary>
    public int ParticipantsSeen { get; set; }

    /// <summary>Of the participant that is being read.</summary>
    public string? Member { get; set; }

    /// <summary>Of the participant that is being read.</summary>
    public long? Absences { get; set; }
}
