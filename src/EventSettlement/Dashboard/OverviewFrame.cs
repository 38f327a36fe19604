using System.Net;
using EventSettlement.Access;

namespace EventSettlement.Dashboard;

/// <summary>Head, style and script of the page. Nothing is loaded from elsewhere, so it works offline.</summary>
internal static class OverviewFrame
{
    private const string Style = """
        :root{color-scheme:light dark;--line:#8884;--good:#1a7f37;--bad:#c62828;--busy:#0a62c4;--wait:#9a6700}
        @media(prefers-color-scheme:dark){:root{--good:#4ac26b;--bad:#ff7b72;--busy:#6cb6ff;--wait:#e3b341}
        body{background:#111;color:#ddd}a{color:#8bf}}
        body{font:16px/1.5 system-ui,"Noto Sans CJK KR",sans-serif;margin:0 auto;max-width:78rem;padding:0 1.2rem 3rem}
        header{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;align-items:baseline;padding:.8rem 0}
        header h1{font-size:1.1rem;margin:0 auto 0 0}h2{font-size:1.15rem;margin:1.6rem 0 .3rem}
        h3{font-size:1rem;margin:0}
        #verdict{border-left:.5rem solid;padding:.4rem 1rem;margin:.3rem 0 1rem}#verdict h2{font-size:1.6rem;margin:0}
        #verdict p,.alert p,#run p{margin:.2rem 0}#verdict.good{border-color:var(--good)}
        #verdict.busy{border-color:var(--busy)}#verdict.bad{border-color:var(--bad)}#verdict.bad h2{color:var(--bad)}
        .alert{border:1px solid var(--line);border-left:.5rem solid var(--bad);padding:.5rem 1rem;margin:.5rem 0}
        .small{font-size:.85rem;opacity:.8}code{font:.92em ui-monospace,monospace;background:#8882;padding:.1em .35em;
        overflow-wrap:anywhere}section{overflow-x:auto}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem 1.4rem .3rem 0;
        border-bottom:1px solid var(--line)}th{font-weight:600;font-size:.85rem}
        .zero{opacity:.35}.n{text-align:right;font-variant-numeric:tabular-nums}
        .state{font-weight:600}.completed,.finished{color:var(--good)}.failed,.stopped{color:var(--bad)}
        .processing,.paying,.planning{color:var(--busy)}.awaiting_retry,.pending{color:var(--wait)}
        progress{width:18rem;max-width:60%;height:1rem;vertical-align:middle;margin-right:.7rem}
        :focus-visible{outline:3px solid var(--busy)}#lost{color:var(--bad);font-weight:600}
        """;

    private const string Script = """
        const byId=id=>document.getElementById(id),source=new EventSource('/live');let beat=Date.now();
        const title=()=>document.title=(byId('alerts')?.children.length?'('+byId('alerts').children.length+') ':'')
          +'EventSettlement';
        source.addEventListener('beat',e=>{beat=Date.now();byId('at').textContent='as of '+e.data+' KST'});
        source.addEventListener('view',e=>{const t=document.createElement('template');t.innerHTML=e.data;
          for(const s of [...t.content.children]){const old=byId(s.id);
            if(old&&old.outerHTML!==s.outerHTML)old.replaceWith(s)}title()});
        setInterval(()=>byId('lost').hidden=Date.now()-beat<5000,1000);title();
        """;

    public static string Around(Actor actor, string content) =>
        $$"""
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <link rel="icon" href="data:,"><title>EventSettlement</title>
            <style>{{Style}}</style>
            <header><h1>EventSettlement</h1>
            <span id="at" role="status"></span>
            <span id="lost" role="alert" hidden>The connection is lost: this is old. Trying again.</span>
            <nav aria-label="Pages"><a href="/docs/index.html">API</a> · <a href="/healthz/details">Health</a> ·
            <a href="/logout">Log out {{WebUtility.HtmlEncode(actor.Name)}}</a></nav></header>
            <main>{{content}}</main>
            <script>{{Script}}</script>
            </html>
            """;
}
