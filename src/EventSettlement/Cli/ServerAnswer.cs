using System.Text.Json.Nodes;

namespace EventSettlement.Cli;

/// <summary>Reads what a server of this version answers; another shape was answered by something else.</summary>
internal static class ServerAnswer
{
    /// <returns>Null where there is no text.</returns>
    public static string? Text(this JsonNode? answer, string field) =>
        Field(answer, field) switch
        {
            null => null,
            JsonValue value when value.TryGetValue(out string? text) => text,
            _ => throw new ForeignAnswerException(),
        };

    public static long Number(this JsonNode? answer, string field) =>
        Field(answer, field) is JsonValue value && value.TryGetValue(out long number)
            ? number
            : throw new ForeignAnswerException();

    public static bool Flag(this JsonNode? answer, string field) =>
        Field(answer, field) is JsonValue value && value.TryGetValue(out bool flag)
            ? flag
            : throw new ForeignAnswerException();

    public static IEnumerable<JsonNode> Texts(this JsonNode? answer, string field) =>
        List(answer, field).Select(entry => entry ?? throw new ForeignAnswerException());

    public static IEnumerable<JsonObject> Rows(this JsonNode? answer, string field) =>
        List(answer, field).Select(row => row as JsonObject ?? throw new ForeignAnswerException());

    private static JsonArray List(JsonNode? answer, string field) =>
        Field(answer, field) as JsonArray ?? throw new ForeignAnswerException();

    private static JsonNode? Field(JsonNode? answer, string field) =>
        answer is JsonObject fields ? fields[field] : throw new ForeignAnswerException();
}

/// <summary>What answers is no server of this version.</summary>
internal sealed class ForeignAnswerException : Exception;
