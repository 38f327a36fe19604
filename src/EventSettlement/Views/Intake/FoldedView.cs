using EventSettlement.Views.Seen;

namespace EventSettlement.Views.Intake;

/// <summary>
/// What statistics need of a completed view, without an object. Moments are microseconds since 1970 UTC.
/// </summary>
internal struct FoldedView
{
    public ViewIdentity Identity;

    /// <summary>Number in the batch; -1 = nothing came of the record.</summary>
    public int Content;

    /// <summary>Number in the batch; -1 = without an ad.</summary>
    public int Ad;

    /// <summary>Number in the batch; -1 = no raw logs are kept, and nobody else asks for it.</summary>
    public int Member;

    public int WatchedSeconds;
    public int Partition;
    public long Offset;
    public long ViewedAt;

    /// <summary>The record's time in the log; once judged, its "now".</summary>
    public long ArrivedAt;

    public bool IsDuplicate;
}

/// <summary>What became of the records of one partition in a batch.</summary>
internal sealed class IntakeCounts
{
    public long Received { get; set; }

    public long Counted { get; set; }

    public long Incomplete { get; set; }

    public long Duplicates { get; set; }

    public long Late { get; set; }
}
