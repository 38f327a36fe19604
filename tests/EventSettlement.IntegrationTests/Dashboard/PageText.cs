using System.Net;
using System.Text.RegularExpressions;

namespace EventSettlement.IntegrationTests.Dashboard;

/// <summary>What a page says.</summary>
internal static partial class PageText
{
    /// <summary>Without markup, style and what is shown under a pointer only; one blank between words.</summary>
    public static string Of(string page) => Spaces().Replace(WebUtility.HtmlDecode(Markup().Replace(page, " ")), " ");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("<style>.*?</style>|<title>[^<]*</title>|<[^>]*>", RegexOptions.Singleline)]
    private static partial Regex Markup();
}
