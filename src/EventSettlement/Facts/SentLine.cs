namespace EventSettlement.Facts;

/// <summary>Rewrites one line on a terminal; says nothing elsewhere.</summary>
internal sealed class SentLine : IProgress<int>
{
    public void Report(int value)
    {
        if (!Console.IsErrorRedirected)
            Console.Error.Write(FormattableString.Invariant($"\r{value:N0} sent "));
    }
}
