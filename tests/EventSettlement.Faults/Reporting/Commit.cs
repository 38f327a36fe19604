using System.ComponentModel;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Reporting;

/// <summary>What is tested: the short name of the commit, <c>-dirty</c> where files of it are changed.</summary>
internal static class Commit
{
    private static readonly Lazy<string?> Name = new(Read);

    /// <summary>Null where git or its repository is not here. Read once, so that all lines of a call agree.</summary>
    public static string? Here => Name.Value;

    private static string? Read()
    {
        try
        {
            return ChildProcess
                .Output("git", ["-C", AppContext.BaseDirectory, "describe", "--always", "--dirty", "--exclude=*"])
                .GetAwaiter()
                .GetResult()
                .Trim();
        }
        catch (Exception missing) when (missing is InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }
}
