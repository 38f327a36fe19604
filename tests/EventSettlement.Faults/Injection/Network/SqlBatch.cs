namespace EventSettlement.Faults.Injection.Network;

/// <summary>
/// What a client of PostgreSQL sends in one piece: Parse or Bind, and all that follows to a Sync.
/// Source: PostgreSQL's manual, "Message Formats".
/// </summary>
internal static class SqlBatch
{
    private const int Shortest = 20;
    private static readonly byte[] Sync = [(byte)'S', 0, 0, 0, 4];

    public static bool IsWhole(ReadOnlySpan<byte> piece) =>
        Begins(piece) && piece.Length > Shortest && piece.EndsWith(Sync);

    public static bool IsPart(ReadOnlySpan<byte> piece) => Begins(piece) && !piece.EndsWith(Sync);

    private static bool Begins(ReadOnlySpan<byte> piece) => piece is [(byte)'P' or (byte)'B', ..];
}
