using System.Diagnostics;
using System.Globalization;

namespace EventSettlement.IntegrationTests.EventLog.World;

/// <summary>What an operator's <c>kill</c> sends to a process.</summary>
public static class Signals
{
    /// <param name="name">Such as STOP, CONT, TERM or KILL.</param>
    public static async Task Send(string name, int process)
    {
        using var kill = Process.Start("kill", ["-" + name, process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
