using EventSettlement.IntegrationTests.Contracts;

namespace EventSettlement.IntegrationTests.Samples;

/// <summary>The two programs of samples/ in one language.</summary>
internal sealed record Sample(string Interpreter, string Producer, string MemberService)
{
    public static Sample Of(string language) =>
        language == "python"
            ? new Sample("python3", "python/producer.py", "python/member_service.py")
            : new Sample("node", "node/producer.mjs", "node/member-service.mjs");

    public StartedProcess StartMemberService(string book)
    {
        StartedProcess.Need(Interpreter);
        return StartedProcess.Start(Interpreter, [Full(MemberService), "--port", "0", "--book", book]);
    }

    /// <returns>What it printed.</returns>
    public async Task<string> Produce(string csv, IReadOnlyDictionary<string, string> environment)
    {
        await using var producer = StartedProcess.Start(Interpreter, [Full(Producer), csv], environment);
        return await producer.Succeeds();
    }

    private static string Full(string name) =>
        Path.Combine(Path.GetDirectoryName(ContractPage.Path("facts.md"))!, "..", "..", "samples", name);
}
