using System.CommandLine;
using System.Globalization;

namespace EventSettlement.Cli;

/// <summary>
/// Before many things change at once: how many and how much. A person at a terminal is asked. Where nobody can be,
/// ids that were written out are their own consent; --expect-count refuses when they are not as many.
/// </summary>
internal sealed class BulkConsent
{
    private readonly Option<bool> _yes = new("--yes") { Description = "Do not ask; needs --expect-count." };
    private readonly Option<int?> _expected = new("--expect-count")
    {
        Description = "How many you expect; another number changes nothing.",
    };

    public void AddTo(Command verb)
    {
        verb.Add(_yes);
        verb.Add(_expected);
        verb.Validators.Add(r =>
        {
            if (r.GetValue(_yes) && r.GetValue(_expected) is null)
                r.AddError("--yes needs --expect-count");
        });
    }

    /// <param name="written">Whether the ids were written out; what a filter selects needs --yes.</param>
    public void Check(ParseResult parsed, string verb, int count, long? won, bool written = true)
    {
        if (parsed.GetValue(_expected) is { } expected && expected != count)
            throw new CliException(
                ExitCode.Usage,
                $"{count} would be changed and {expected} were expected: nothing was changed"
            );
        var text =
            string.Create(CultureInfo.InvariantCulture, $"{verb}: {count:N0}")
            + (won is { } sum ? string.Create(CultureInfo.InvariantCulture, $", {sum:N0} won") : "");
        // Who does not see the question, or cannot answer it, is not asked.
        var somebody = IsSomebodyThere;
        var agreed = parsed.GetValue(_yes) || count == 0 || (written && (!somebody || count == 1));
        if (!agreed && !somebody)
            throw new CliException(ExitCode.Usage, $"{text}: say --yes --expect-count {count}; nothing was changed");
        if (count > 1 || somebody)
            Console.Error.WriteLine(text);
        if (agreed)
            return;
        Ask("Go on?");
    }

    public static bool IsSomebodyThere => !Console.IsInputRedirected && !Console.IsErrorRedirected;

    /// <exception cref="CliException">The answer was not yes.</exception>
    public static void Ask(string question)
    {
        Console.Error.Write(question + " [y/N] ");
        if (Console.ReadLine()?.Trim() is not ("y" or "Y" or "yes"))
            throw new CliException(ExitCode.Failed, "Nothing was changed.");
    }
}
