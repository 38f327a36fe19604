using EventSettlement.Messaging;

namespace EventSettlement.Platform;

/// <summary>
/// The product's own moments for <see cref="CrashPoint"/>, beside those of <see cref="CrashPoints"/>; each is hit at
/// one place.
/// </summary>
internal static class SettlementCrashPoints
{
    /// <summary>A settlement is PROCESSING, before the commit.</summary>
    public const string AttemptStarted = "K05";

    /// <summary>SENDING is recorded, before the call.</summary>
    public const string SendingRecorded = "K09";

    /// <summary>A request is out, without an answer.</summary>
    public const string RequestSent = "K10";

    /// <summary>An answer is in and not recorded.</summary>
    public const string AnswerArrived = "K11";

    /// <summary>The items of an answer are recorded, its doubts and payments are not.</summary>
    public const string ItemsRecorded = "K12";

    /// <summary>All of an answer is recorded, before the posting.</summary>
    public const string BeforePosting = "K13";

    /// <summary>Payments are posted and no saga is COMPLETED.</summary>
    public const string PaymentsPosted = "K14";

    /// <summary>A settlement is COMPLETED and the event unsent.</summary>
    public const string SettlementCompleted = "K15";

    /// <summary>A scheduled run has its row and nothing is planned.</summary>
    public const string RunScheduled = "K19";

    /// <summary>A part of the plan is published.</summary>
    public const string ChunkPlanned = "K20";

    /// <summary>The views of a batch are summed, before the commit.</summary>
    public const string ViewsSummed = "K21";

    /// <summary>Blocks of known views are joined, before the commit.</summary>
    public const string SeenJoined = "K22";

    /// <summary>Statistics are counted anew and swapped, before the commit.</summary>
    public const string ViewsRebuilt = "K23";

    /// <summary>A statement of a migration is done.</summary>
    public const string MigrationStatementDone = "K28";
}
