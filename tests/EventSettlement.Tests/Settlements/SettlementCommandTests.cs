using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using EventSettlement.Contracts;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Settlements;

namespace EventSettlement.Tests.Settlements;

public sealed partial class SettlementCommandTests
{
    private static readonly Topology Topology = new Topology()
        .Map(Topics.Settlements, ContractsJson.Default.RetrySettlement)
        .Map(Topics.Settlements, ContractsJson.Default.CancelSettlement)
        .Map(Topics.Settlements, ContractsJson.Default.HoldSettlement)
        .Map(Topics.Settlements, ContractsJson.Default.ReleaseSettlement);

    public static TheoryData<SettlementVerb> Verbs => [.. Enum.GetValues<SettlementVerb>()];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void What_is_asked_is_what_the_saga_reads(SettlementVerb verb)
    {
        var asked = new SettlementCommand(
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            verb,
            "ann",
            verb is SettlementVerb.Cancel or SettlementVerb.Hold ? "wrong amount" : null,
            IncludeRejected: verb is SettlementVerb.Retry
        );
        var sent = asked.ToMessage(Topology);
        Assert.Equal(asked.SettlementId.ToString("D"), Encoding.UTF8.GetString(sent.Key!));
        var type = Topology.EntryNamed(sent.Headers[Topology.MessageType]!)!;
        Assert.Equal(asked, SettlementCommand.Read(JsonSerializer.Deserialize(sent.Body.AsSpan(), type.Json)!));
    }

    [Fact]
    public void A_request_has_one_command_a_settlement_and_verb()
    {
        var (one, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var id = AskSettlement.IdOf("ann", "key-1", one, SettlementVerb.Hold);
        Assert.Equal(id, AskSettlement.IdOf("ann", "key-1", one, SettlementVerb.Hold));
        Assert.NotEqual(id, AskSettlement.IdOf("bob", "key-1", one, SettlementVerb.Hold));
        Assert.NotEqual(id, AskSettlement.IdOf("ann", "key-2", one, SettlementVerb.Hold));
        Assert.NotEqual(id, AskSettlement.IdOf("ann", "key-1", other, SettlementVerb.Hold));
        Assert.NotEqual(id, AskSettlement.IdOf("ann", "key-1", one, SettlementVerb.Release));
    }

    [Fact]
    public void The_table_knows_the_same_verbs() =>
        Assert.Equal(Enum.GetValues<SettlementVerb>().Select(SettlementCommand.NameOf), Checked("verb"));

    [Fact]
    public void The_table_knows_the_same_states() => Assert.Contains(SettlementStates.All, AllChecked("state"));

    private static string[] Checked(string column) => Assert.Single(AllChecked(column));

    private static List<string[]> AllChecked(string column) =>
        [
            .. Directory
                .EnumerateFiles(
                    Path.Combine(TidyTests.FindRoot(), "src", "EventSettlement", "Migrations"),
                    "*.sql",
                    SearchOption.AllDirectories
                )
                .SelectMany(file => CheckedValues().Matches(File.ReadAllText(file)))
                .Where(check => check.Groups[1].Value == column)
                .Select(check => check.Groups[2].Value.Split(',').Select(value => value.Trim().Trim('\'')).ToArray()),
        ];

    [GeneratedRegex(@"CHECK \((\w+) IN\s+\(([^)]*)\)")]
    private static partial Regex CheckedValues();
}
