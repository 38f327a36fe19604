using System.Text;
using EventSettlement.Facts;

namespace EventSettlement.Policies;

/// <summary>The JSON of a policy, read as strictly as a fact; what nobody asks for is refused besides.</summary>
public static class PolicyDocument
{
    /// <summary>More than a person corrects before the next try.</summary>
    private const int MostMistakes = 500;

    /// <summary>Pure. What depends on several fields is judged by the caller, who adds to what is answered.</summary>
    /// <param name="fields">Takes what stands in the document; each value is right by itself or left out.</param>
    /// <param name="read">Reads a field that it knows; refuses any other: <see cref="FactReader.Refuse"/>.</param>
    /// <param name="required">Fields without which there is no policy.</param>
    public static List<PolicyMistake> Read<T>(
        string json,
        T fields,
        FieldReading<T> read,
        params ReadOnlySpan<string> required
    ) =>
        FactBody
            .Read(Encoding.UTF8.GetBytes(json), fields, read, MostMistakes, required)
            .Found.Select(problem => new PolicyMistake(problem.Pointer, problem.Rule))
            .ToList();
}
