using System.Text.Encodings.Web;
using System.Text.Unicode;
using EventSettlement.Platform;

namespace EventSettlement.Pages;

/// <summary>The frame of all pages, what they draw with, and how they say what went wrong.</summary>
public static class PagesSlice
{
    public static readonly Slice Slice = new("pages")
    {
        // Letters of all languages stay letters; what could be markup does not.
        Add = server => server.Services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All)),
    };
}
