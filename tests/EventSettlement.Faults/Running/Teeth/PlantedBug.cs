namespace EventSettlement.Faults.Running.Teeth;

/// <summary>A bug, the faults that bring it out on a log, and the checks of which one must catch it.</summary>
internal sealed record PlantedBug(string Name, string Faults, params string[] Checks)
{
    public const string Log = "postgres";

    public static readonly IReadOnlyList<PlantedBug> All =
    [
        new("offset-first", "K02", "I3", "I16"),
        new("unique-dropped", "same-run-twice", "I1"),
        new("attempt-in-key", "member-drops-answers", "I1"),
        new("posting-outside", "commit-cut-before", "I2"),
        new("rows-ignored", "retried-in-doubt", "I2"),
        new("by-position", "member-shuffles", "I1"),
        new("blind-resend", "member-drops-answers", "R4"),
        new("no-fence", "freeze-at-K01", "I16"),
        new("parse-errors-swallowed", "poison", "I3", "I16"),
        new("wall-clock", "database-clock-behind", "I8"),
        new("gap-in-watermark", "K02-later", "I3", "I16"),
        new("views-by-partition", "none", "I7"),
        new("seen-outside", "K21", "I7"),
        new("cancelled-fires", "operator-races+member-fails-items", "I8"),
    ];
}
