using Microsoft.AspNetCore.Mvc;

namespace EventSettlement.Access;

/// <summary>
/// The one-time code becomes a cookie. A code in the address only fills the form: opening a link uses up nothing.
/// </summary>
internal static class LoginPage
{
    public static IResult Show([FromQuery] string? code) => Page(code, "");

    public static async Task<IResult> Enter(
        [FromForm] string? code,
        KeyStore keys,
        HttpContext http,
        CancellationToken cancel
    )
    {
        if (code is not { Length: > 0 and <= 200 } || await keys.Redeem(code.Trim(), cancel) is not { } session)
            return Page(null, "<p role=\"alert\">This code is wrong, used or old. New ones: settle key login NAME</p>");
        http.Response.Cookies.Append(
            Gate.Cookie,
            session,
            new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = http.Request.IsHttps,
                MaxAge = TimeSpan.FromHours(12),
                Path = "/",
            }
        );
        return Results.Redirect("/");
    }

    public static async Task<IResult> Leave(KeyStore keys, HttpContext http, CancellationToken cancel)
    {
        if (http.Request.Cookies[Gate.Cookie] is { } session)
            await keys.EndSession(session, cancel);
        http.Response.Cookies.Delete(Gate.Cookie);
        return Results.Redirect("/login");
    }

    private static IResult Page(string? code, string message) =>
        Results.Content(
            $$"""
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <link rel="icon" href="data:,"><title>EventSettlement</title>
            <style>body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem}</style>
            <h1>EventSettlement</h1>{{message}}
            <form method="post" action="/login"><label>One-time code <input name="code" autofocus required
            value="{{System.Net.WebUtility.HtmlEncode(code)}}" autocomplete="one-time-code" size="30"></label>
            <button>Enter</button></form>
            """,
            "text/html; charset=utf-8",
            statusCode: message.Length == 0 ? 200 : 403
        );
}
