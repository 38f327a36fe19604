using EventSettlement.Faults.Injection.Clocks;
using EventSettlement.Faults.Injection.Network;
using EventSettlement.Faults.Injection.Outside;
using EventSettlement.Faults.Injection.Processes;

namespace EventSettlement.Faults.Injection;

/// <summary>Every fault that there is.</summary>
internal static class FaultList
{
    private const string Asked = "items without an answer are asked for by key, never sent blindly";

    public static readonly IReadOnlyList<Fault> All =
    [
        new Nothing(),
        .. CrashPoints.All(),
        .. CrashPoints.Freezes(),
        new RandomKill(1),
        new RandomKill(2),
        new RandomKill(3),
        new Freeze(8),
        new Freeze(20),
        new Freeze(60),
        new RollingRestart(),
        new RebalanceStorm(),
        new PostgresKill(),
        new KafkaDown(killed: true),
        new KafkaDown(killed: false),
        new OffsetsTurnedBack(),
        new NetworkTrouble("postgres", "cut"),
        new NetworkTrouble("postgres", "slow"),
        new NetworkTrouble("postgres", "silent"),
        new NetworkTrouble("kafka", "cut"),
        new NetworkTrouble("kafka", "slow"),
        new NetworkTrouble("kafka", "silent"),
        new CommitCut(after: false),
        new CommitCut(after: true),
        new HalfSent(),
        new NoConnections(),
        .. new[] { "40001", "40P01", "55P03", "57014" }.Select(s => new SqlStates(s)),
        .. Members(),
        new MemberDown(killed: true),
        new MemberDown(killed: false),
        new RetriedInDoubt(),
        new Repeated(),
        new Poison(),
        new SameRunTwice(scheduled: false),
        new SameRunTwice(scheduled: true),
        new OperatorRaces(),
        new WrongClock(3600),
        new WrongClock(-3600),
        new ClockJump(),
        new ServerClock(),
        new DiskFull(),
        new EndlessAnswers(drips: true),
        new EndlessAnswers(drips: false),
        new DeletedRecords(),
        new BrokerErrors(),
        new RightTaken(
            "topic",
            ["--operation", "Write", "--topic", "study-completed"],
            ["--operation", "All", "--topic", "study-completed"],
            "topic_refused"
        ),
        new RightTaken(
            "group",
            ["--operation", "Read", "--group", "study-intake"],
            ["--operation", "All", "--group", "study-intake"],
            "messaging_part_failed"
        ),
        new MessageRefused(),
        new TopicMadeAnew(),
        new OlderProgram(),
        new Everything(),
    ];

    public static Fault Find(string name) =>
        All.FirstOrDefault(f => f.Name == name) ?? throw new ArgumentException($"there is no fault {name}; see --list");

    private static IEnumerable<Fault> Members() =>
        [
            new Misbehaviour(
                "drops-answers",
                "\"dropAnswer\":0.4",
                4,
                $"credited, then the connection is cut: {Asked}"
            ),
            new Misbehaviour("drops-requests", "\"dropRequest\":0.4", 4, $"cut before anything is done: {Asked}"),
            new Misbehaviour("late", "\"late\":0.3,\"lateMs\":4000", 4, $"answers after the time-out: {Asked}"),
            new Misbehaviour("mute", "\"muteMs\":4000", 4, $"credits and never answers: {Asked}"),
            new Misbehaviour("dead", "\"deadMs\":6000", 6, $"takes calls and does nothing: {Asked}"),
            new Misbehaviour("dead-to-lookups", "\"deadMs\":5000,\"lookups\":true", 5, $"lookups too: {Asked}"),
            new Misbehaviour("shuffles", "\"shuffle\":1", 4, "answers in another order: matched by key"),
            new Misbehaviour("leaves-out", "\"leaveOut\":0.7", 4, $"one answer is missing: {Asked}"),
            new Misbehaviour("adds", "\"add\":0.7", 4, "an answer too many is no credit of ours"),
            new Misbehaviour("answers-twice", "\"twice\":0.7", 4, $"one answer comes twice: {Asked}"),
            new WrongAmounts(),
            new Misbehaviour("slow", "\"latencyMs\":900", 5, "every answer takes 0.9 s: calls fly side by side"),
            new Misbehaviour(
                "fails-items",
                "\"fail\":0.5,\"failTimes\":5",
                5,
                "half of the items fail: 4 attempts, alert"
            ),
            new Misbehaviour("rejects-items", "\"reject\":0.5", 4, "half of the items are rejected: for good, alert"),
            new Misbehaviour("503", "\"refuse\":0.5,\"retryAfterSeconds\":1", 5, "503 with Retry-After: waited for"),
            new Misbehaviour("429", "\"refuse\":0.5,\"status\":429,\"retryAfterSeconds\":2", 5, "429: waited for"),
            new Misbehaviour("500", "\"refuse\":0.5,\"status\":500", 4, $"500: {Asked}"),
            new Misbehaviour(
                "401",
                "\"refuse\":1,\"status\":401",
                3,
                "401: stopped with an alert, resumed by a person"
            ),
            new Misbehaviour(
                "422",
                "\"refuse\":1,\"status\":422",
                3,
                "every item refused alone: stopped, none rejected"
            ),
        ];
}
