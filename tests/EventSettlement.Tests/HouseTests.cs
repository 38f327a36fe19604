using System.Text.RegularExpressions;

namespace EventSettlement.Tests;

/// <summary>
/// The plan of the house. A slice is a folder of src/EventSettlement; the files beside these folders are the roots,
/// which know all slices and are known by none.
/// </summary>
public sealed partial class HouseTests
{
    private const string Product = "src/EventSettlement/";
    private const string Core = "src/EventSettlement.Messaging/";

    /// <summary>Tools around the product: they may know everything, and nothing knows them.</summary>
    private static readonly string[] Tools = ["Bench", "Desk"];

    /// <summary>Each table has one slice that writes it, and through whose queries others read it.</summary>
    private static readonly Dictionary<string, string> Owners = new Dictionary<string, string>
    {
        ["StudyRefunds"] = "study",
        ["CreatorRevenue"] = "creator_month creator_correction creator_carry creator_close creator_run_position",
        ["Runs"] = "run run_progress run_schedule",
        ["Settlements"] = "settlement_request settlement settlement_history command selection",
        ["Payouts"] = "settlement_item settlement_part doubt cancel_answer downstream clock_watch",
        ["Ledger"] = "posting ledger_watch",
        ["Alerts"] = "alert",
        ["Access"] = "api_key login_code page_session",
        ["Api"] = "audit idempotency",
        ["Views"] =
            "view_content_day view_ad_day view_hour view_intake view_bucket view_seen view_raw view_raw_since "
            + "view_signal_look content_owner",
        ["Payees"] = "payee_tax",
        ["Policies"] = "policy",
        ["Messaging"] =
            "consumer_offset outbox relay_lease scheduled_message parked_message event_log log_head "
            + "log_identity log_topic partition_lease group_member",
    }
        .SelectMany(owned => owned.Value.Split(' ').Select(table => (table, owned.Key)))
        .ToDictionary(owned => owned.table, owned => owned.Key);

    /// <summary>Tables that a slice touches though they are another's, and why it must.</summary>
    private static readonly (string Slice, string Tables, string Why)[] Shared =
    [
        (
            "Runs",
            "settlement_request settlement_item settlement_part",
            "the planner takes the facts of a chunk and writes what is owed for them in one transaction"
        ),
        (
            "Payouts",
            "settlement_request settlement",
            "an item is claimed, asked about and ended by hand by what its settlement is, in the statement that does it"
        ),
        ("Settlements", "run_progress", "the saga counts in lanes of its own, in the transaction of its batch"),
        (
            "Settlements",
            "settlement_item downstream consumer_offset scheduled_message run",
            "the guard looks for what is stuck between two slices, an explanation tells all of one, at one moment"
        ),
        (
            "Ledger",
            "settlement_request settlement settlement_history settlement_item settlement_part alert",
            "the proof compares the books with what they are about, at one moment"
        ),
        ("EventLog", "consumer_offset outbox scheduled_message parked_message", "it shows the core's tables to people"),
        (
            "Api",
            "settlement alert downstream consumer_offset outbox scheduled_message parked_message",
            "health counts what waits anywhere, at one moment"
        ),
    ];

    private static readonly Room[] Rooms =
    [
        .. SourceText
            .All(TidyTests.FindRoot())
            .Where(s => s.Path.StartsWith(Product, StringComparison.Ordinal))
            .Where(s => s.Path.Count(c => c == '/') > 2)
            .Select(s => new Room(s.Path.Split('/')[2], s)),
    ];

    private static readonly Room[] CoreRooms =
    [
        .. SourceText
            .All(TidyTests.FindRoot())
            .Where(s => s.Path.StartsWith(Core, StringComparison.Ordinal))
            .Select(s => new Room("Messaging", s)),
    ];

    [Fact]
    public void Slices_form_no_circle()
    {
        var uses = Uses().Where(use => !Tools.Contains(use.From)).ToList();
        var next = uses.ToLookup(use => use.From, use => use.To);
        var shortest = next.Select(from => WayBack(from.Key, next)).OfType<string[]>().MinBy(way => way.Length) ?? [];
        None(
            shortest
                .Zip(shortest.Skip(1))
                .Select(step => uses.First(use => (use.From, use.To) == step))
                .Select(use => $"{use.From} -> {use.To} in {use.Path}")
        );
    }

    [Fact]
    public void Tools_are_known_by_nobody() =>
        None(
            Uses()
                .Where(use => Tools.Contains(use.To) && !Tools.Contains(use.From))
                .Select(use => $"{use.Path} knows {use.To}")
        );

    [Fact]
    public void Tables_are_touched_by_their_slice()
    {
        var touched = Rooms
            .Concat(CoreRooms)
            .Where(room => !Tools.Contains(room.Slice))
            .SelectMany(room => TablesIn(room.Text).Select(table => (room.Slice, Table: table, room.Path)))
            .Where(touch => Owners[touch.Table] != touch.Slice)
            .ToList();
        var allowed = Shared
            .SelectMany(shared => shared.Tables.Split(' ').Select(table => (shared.Slice, Table: table)))
            .ToHashSet();
        None(
            touched
                .Where(touch => !allowed.Contains((touch.Slice, touch.Table)))
                .Select(touch => $"{touch.Path} touches {touch.Table}, which is of {Owners[touch.Table]}")
        );
        None(
            allowed
                .Except(touched.Select(touch => (touch.Slice, touch.Table)))
                .Select(one => $"{one.Slice} touches {one.Table} no more: it needs no exception")
        );
    }

    [Fact]
    public void Each_table_has_an_owner()
    {
        var made = Directory
            .EnumerateFiles(Path.Combine(TidyTests.FindRoot(), "src"), "*.sql", SearchOption.AllDirectories)
            .Where(file => !SourceText.IsGenerated(Path.GetRelativePath(TidyTests.FindRoot(), file)))
            .SelectMany(file => CreatedTable().Matches(File.ReadAllText(file)))
            .Select(table => table.Groups[1].Value)
            .ToList();
        None(made.Except(Owners.Keys).Select(table => $"{table} has no owner: add it to Owners in this file"));
        None(Owners.Keys.Except(made).Select(table => $"{table} is made by no migration"));
    }

    /// <summary>Which slice uses which: by a using line, or by a type that it names with its namespace.</summary>
    private static IEnumerable<(string From, string To, string Path)> Uses()
    {
        var slices = Rooms.Select(room => room.Slice).ToHashSet();
        var types = Rooms.SelectMany(room => room.Source.Types().Select(type => (room.Slice, type.Name))).ToHashSet();
        return from room in Rooms
            let code = NotCode().Replace(room.Text, "")
            let named = NamespaceName().Matches(code).Select(name => name.Groups[1].Value).Where(slices.Contains)
            let qualified = QualifiedName()
                .Matches(code)
                .Select(name => (Slice: name.Groups[1].Value, Type: name.Groups[2].Value))
                .Where(types.Contains)
                .Select(name => name.Slice)
            from to in named.Concat(qualified).Distinct()
            where to != room.Slice
            select (room.Slice, to, room.Path);
    }

    /// <summary>The shortest way from a slice through others to itself; null where there is none.</summary>
    private static string[]? WayBack(string slice, ILookup<string, string> next)
    {
        var seen = new HashSet<string>();
        var ways = new Queue<string[]>([
            [slice],
        ]);
        while (ways.TryDequeue(out var way))
            foreach (var to in next[way[^1]])
                if (to == slice)
                    return [.. way, to];
                else if (seen.Add(to))
                    ways.Enqueue([.. way, to]);
        return null;
    }

    private static IEnumerable<string> TablesIn(string text) =>
        NotCode()
            .Matches(text)
            .Where(literal => literal.Value[0] == '"')
            .SelectMany(literal => TouchedTable().Matches(literal.Value))
            .SelectMany(match => match.Groups["table"].Captures)
            .Select(table => table.Value)
            .Where(Owners.ContainsKey)
            .Distinct();

    private static void None(IEnumerable<string> breaches)
    {
        var found = breaches.ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [GeneratedRegex(@"""{3,}[\s\S]*?""{3,}|""(?:\\.|[^""\\\n])*""|'(?:\\.|[^'\\\n])'|//[^\n]*")]
    private static partial Regex NotCode();

    [GeneratedRegex(@"\bEventSettlement\.(\w+)")]
    private static partial Regex NamespaceName();

    [GeneratedRegex(@"(?<![\w.])(\w+)\.(\w+)")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(
        @"\b(FROM|JOIN|INTO|UPDATE|TRUNCATE|COPY)(\s+(ONLY|TABLE))?\s+(?<table>\w+)"
            + @"((\s+(AS\s+)?\w+)?\s*,\s*(?<table>\w+))*"
    )]
    private static partial Regex TouchedTable();

    [GeneratedRegex(@"CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?(\w+)")]
    private static partial Regex CreatedTable();

    /// <summary>A file and the slice that it stands in.</summary>
    private sealed record Room(string Slice, SourceText Source)
    {
        public string Path => Source.Path;

        public string Text { get; } = string.Join('\n', Source.Lines);
    }
}
