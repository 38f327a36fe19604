using Microsoft.AspNetCore.Html;

namespace EventSettlement.Pages;

/// <summary>Style and script of the frame. Nothing is loaded from elsewhere, so pages work offline.</summary>
internal static class FrameStyle
{
    public static readonly HtmlString Css = new(
        """

        :root{color-scheme:light dark;--line:#8884;--good:#1a7f37;--bad:#c62828;--busy:#0a62c4;--wait:#9a6700;
        --paper:#fff;--ink:#1b1b1b;--link:#0a58ca;--heat:26,127,55}
        @media(prefers-color-scheme:dark){:root{--good:#4ac26b;--bad:#ff7b72;--busy:#6cb6ff;--wait:#e3b341;
        --paper:#111;--ink:#ddd;--link:#8bf;--heat:74,194,107}}
        body{font:16px/1.5 system-ui,"Noto Sans CJK KR",sans-serif;margin:0 auto;max-width:78rem;
        padding:0 1.2rem 3rem;background:var(--paper);color:var(--ink)}a{color:var(--link)}
        .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.3rem;background:var(--paper);padding:.2rem .5rem}
        header{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;align-items:baseline;padding:.8rem 0;
        border-bottom:1px solid var(--line);margin-bottom:.8rem}
        .brand{font-weight:700;text-decoration:none;color:inherit}.now{margin-left:auto;font-size:.85rem}
        header nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem}nav a[aria-current]{font-weight:600;color:inherit;
        text-decoration-thickness:.15em;text-underline-offset:.3em}.leave{font-size:.85rem}
        h1{font-size:1.5rem;margin:.6rem 0 .2rem}h2{font-size:1.15rem;margin:1.6rem 0 .3rem}h3{font-size:1rem;margin:0}
        #verdict,#trouble{border-left:.5rem solid;padding:.4rem 1rem;margin:.3rem 0 1rem}
        #verdict h2{font-size:1.6rem;margin:0}#trouble{border-color:var(--bad);color:var(--bad);font-weight:600}
        #verdict p,.alert p,#run p{margin:.2rem 0}#verdict.good{border-color:var(--good)}
        #verdict.busy{border-color:var(--busy)}#verdict.bad{border-color:var(--bad)}#verdict.bad h2{color:var(--bad)}
        .alert{border:1px solid var(--line);border-left:.5rem solid var(--bad);padding:.5rem 1rem;margin:.5rem 0}
        .small{font-size:.85rem;opacity:.8}code{font:.92em ui-monospace,monospace;background:#8882;padding:.1em .35em;
        overflow-wrap:anywhere}section{overflow-x:auto}.id{overflow-wrap:anywhere}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem 1.4rem .3rem 0;
        border-bottom:1px solid var(--line)}th{font-weight:600;font-size:.85rem}tfoot td{font-weight:600}
        th:last-child,td:last-child{padding-right:.3rem}
        tbody th{font-size:inherit}td.n,td.day,tbody th,td code{white-space:nowrap}
        td.id,tbody th.id{white-space:normal;min-width:6rem}.zero{opacity:.35}
        th.n,td.n{text-align:right;font-variant-numeric:tabular-nums}
        .state{font-weight:600}.completed,.finished{color:var(--good)}.failed,.stopped{color:var(--bad)}
        .processing,.paying,.planning{color:var(--busy)}.awaiting_retry,.pending{color:var(--wait)}
        progress{width:18rem;max-width:60%;height:1rem;vertical-align:middle;margin-right:.7rem}
        :focus-visible{outline:3px solid var(--busy);outline-offset:2px}#lost{color:var(--bad);font-weight:600}
        form{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end;margin:.6rem 0}
        label{display:grid;font-size:.85rem;gap:.1rem}input,select,button{font:inherit;height:2.2rem;
        box-sizing:border-box;padding:.25rem .5rem;min-width:0;max-width:100%}
        details{margin:.4rem 0}summary{cursor:pointer}
        .sums{display:flex;flex-wrap:wrap;gap:.3rem 2rem;margin:.4rem 0}.sums div{display:grid}
        .sums dt{font-size:.85rem;opacity:.8}.sums dd{margin:0;font-size:1.25rem;font-variant-numeric:tabular-nums}
        .sums{padding:0}.plot{display:grid;grid-template-columns:auto 1fr;gap:.2rem .6rem;margin:.4rem 0}
        .plot figcaption{grid-column:1/-1;font-size:.85rem}.plot .y{display:flex;flex-direction:column;
        justify-content:space-between;text-align:right;font-size:.75rem;font-variant-numeric:tabular-nums}
        .plot .x{grid-column:2;display:flex;justify-content:space-between;font-size:.75rem}
        .plot svg{width:100%;height:12rem;overflow:visible}.plot .grid{stroke:var(--line)}
        .plot polyline{fill:none;stroke-width:2;stroke:var(--busy)}.plot .second{stroke:var(--wait);
        stroke-dasharray:6 3}.plot line,.plot polyline{vector-effect:non-scaling-stroke}
        .plot .hit{fill:transparent}.plot .hit:hover{fill:#8883}.key{padding-right:1.2rem}
        .key::before{content:"";display:inline-block;width:1.6rem;margin-right:.4rem;vertical-align:middle;
        border-top:2px solid var(--busy)}.key.second::before{border-top:2px dashed var(--wait)}
        .heat{overflow-x:auto;direction:rtl}.heat svg{direction:ltr;display:block;margin-right:auto;fill:currentColor;
        font:9px system-ui,sans-serif}.heat rect{fill:rgba(var(--heat),.08)}.heat .h1{fill:rgba(var(--heat),.3)}
        .heat .h2{fill:rgba(var(--heat),.5)}.heat .h3{fill:rgba(var(--heat),.75)}.heat .h4{fill:rgb(var(--heat))}
        @media(max-width:40rem){body{padding:0 .7rem 2rem}th,td{padding-right:.8rem;font-size:.9rem}
        #verdict h2{font-size:1.25rem}}

        """
    );

    public static readonly HtmlString Script = new(
        """

        const byId=id=>document.getElementById(id),source=new EventSource(document.body.dataset.live);
        const parts='a,summary,button,input,select',plain=document.title;let beat=Date.now();
        const title=()=>document.title=(byId('alerts')?.children.length?'('+byId('alerts').children.length+') ':'')
          +plain;
        const put=(old,s)=>{const open=[...old.querySelectorAll('details')];
          s.querySelectorAll('details').forEach((d,i)=>d.open=open[i]?.open);
          if(old.outerHTML===s.outerHTML)return;
          const at=[...old.querySelectorAll(parts)].indexOf(document.activeElement);
          old.replaceWith(s);if(at>=0)s.querySelectorAll(parts)[at]?.focus()};
        source.addEventListener('beat',e=>{beat=Date.now();byId('at').textContent='as of '+e.data+' KST'});
        source.addEventListener('view',e=>{const t=document.createElement('template');t.innerHTML=e.data;
          for(const s of [...t.content.children]){const old=byId(s.id);if(old)put(old,s)}title()});
        setInterval(()=>byId('lost').hidden=Date.now()-beat<8000,1000);title();

        """
    );
}
