using System.Globalization;

namespace EventSettlement.Faults.Running;

/// <summary>What <c>./test --faults</c> was asked for.</summary>
internal sealed record Options
{
    public const string Usage = """
        ./test --faults [--runs N] [--minutes M] [--from-seed S] [--log postgres|kafka]
                        [--only NAME[+NAME]] [--keep] [--side N] [--results FILE]
        ./test --faults --replay DIR | --list | --teeth [BUG]
        """;

    public int Runs { get; private set; } = 10;
    public int FromSeed { get; private set; } = 1;
    public string? Log { get; private set; }
    public string? Only { get; private set; }
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
                    options.Log = Value() is "postgres" or "kafka" ? words[i]
                        : throw new ArgumentException("--log postgres or kafka");
                    break;
                case "--only":
                    options.Only = Value();
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

        return options;
    }

    private static int Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number)
        && number >= 0 ? number : throw new ArgumentException($"{text} is not a number");
}
