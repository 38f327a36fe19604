using System.Globalization;
using EventSettlement.Faults.Injection;
using EventSettlement.Faults.Running.Teeth;
using EventSettlement.Faults.World;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Running.Asked;

/// <summary>What <c>./test --faults</c> was asked for.</summary>
internal sealed record Options
{
    public const string Usage = """
        ./test --faults [--runs N] [--minutes M] [--from-seed S] [--log postgres|kafka]
                        [--only NAME[+NAME]] [--keep] [--side N] [--results FILE] [--at-least N]
        ./test --faults --replay DIR | --list | --teeth [BUG]
        """;

    public int Runs { get; private set; } = 10;
    public int FromSeed { get; private set; } = 1;
    public string? Log { get; private set; }
    public string? Only { get; private set; }

    /// <summary>The faults of <see cref="Only"/>.</summary>
    public IReadOnlyList<Fault> Faults { get; private set; } = [];

    /// <summary>So many runs have to come to their end, some on each log.</summary>
    public int AtLeast { get; private set; }

    public bool Keep { get; private set; }

    /// <summary>After so long no further run begins.</summary>
    public int Minutes { get; private set; } = int.MaxValue;

    /// <summary>Runs side by side.</summary>
    public int Side { get; private set; } = 2;

    public string? Results { get; private set; }
    public string? Replay { get; private set; }

    /// <summary>The planted bugs are hunted, all or the one named.</summary>
    public bool HasTeeth { get; private set; }

    public string? Bug { get; private set; }
    public bool List { get; private set; }

    /// <exception cref="ArgumentException">Not understood.</exception>
    public static Options Parse(IReadOnlyList<string> words)
    {
        var options = new Options();
        for (var i = 0; i < words.Count; i++)
        {
            string Value() => ++i < words.Count ? words[i] : throw new ArgumentException($"{words[i - 1]} what?");
            switch (words[i])
            {
                case "--runs":
                    options.Runs = Number(Value());
                    break;
                case "--from-seed":
                    options.FromSeed = Number(Value());
                    break;
                case "--minutes":
                    options.Minutes = Number(Value());
                    break;
                case "--side":
                    options.Side = Math.Max(1, Number(Value()));
                    break;
                case "--log":
                    options.Log = Value() is "postgres" or "kafka"
                        ? words[i]
                        : throw new ArgumentException($"there is no log {words[i]}: postgres or kafka; see --list");
                    break;
                case "--only":
                    options.Only = Value();
                    break;
                case "--at-least":
                    options.AtLeast = Number(Value());
                    break;
                case "--results":
                    options.Results = Path.GetFullPath(Value());
                    break;
                case "--replay":
                    options.Replay = Path.GetFullPath(Value());
                    break;
                case "--keep":
                    options.Keep = true;
                    break;
                case "--teeth":
                    options.HasTeeth = true;
                    if (i + 1 < words.Count && !words[i + 1].StartsWith('-'))
                        options.Bug = words[++i];
                    break;
                case "--list":
                    options.List = true;
                    break;
                default:
                    throw new ArgumentException($"{words[i]} is not understood");
            }
        }

        options.Check();
        return options;
    }

    /// <summary>What could only end in nothing is refused before anything is started.</summary>
    private void Check()
    {
        if (Bug is not null && PlantedBug.All.All(b => b.Name != Bug))
            throw new ArgumentException(
                $"there is no planted bug {Bug}; there are " + string.Join(", ", PlantedBug.All.Select(b => b.Name))
            );
        if (Log == "kafka" && KafkaServer.Home is null)
            throw new ArgumentException($"--log kafka cannot be had: {KafkaServer.Missing}");
        Faults = [.. Only?.Split('+').Select(FaultList.Find) ?? []];
        if (Log is not null && Faults.FirstOrDefault(f => !f.Suits(Log)) is { } other)
            throw new ArgumentException($"{other.Name} cannot be had with --log {Log}: leave --log out; see --list");
        if (!Faults.All(f => f.Suits("postgres")) && !Faults.All(f => f.Suits("kafka")))
            throw new ArgumentException($"no event log can have all of {Only}; see --list");
    }

    private static int Number(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= 0
            ? number
            : throw new ArgumentException($"{text} is not a number");
}
