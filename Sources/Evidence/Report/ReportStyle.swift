/// The style sheet of the report: one column that two-column parts fold into on a phone, light and dark, A4 in print.
enum ReportStyle {
  static let sheet: HTML = """
    :root { color-scheme: light dark; --text: #1b2127; --quiet: #56616c; --page: #fff; --panel: #f4f6f8; --line: #d5dbe1; --accent: #1f6f9f;
      --k0: #1f6f9f; --k1: #7a4fb5; --k2: #b0531c; --k3: #2f7d4f; --k4: #b0306a; --k5: #66707a; --warn: #8a4b00; }
    @media screen and (prefers-color-scheme: dark) {
      :root { --text: #e6eaee; --quiet: #a3afba; --page: #12161a; --panel: #1b2127; --line: #39434d; --accent: #74bfe6;
        --k0: #74bfe6; --k1: #bd9bf0; --k2: #f0a070; --k3: #7fd0a0; --k4: #f090bb; --k5: #a3afba; --warn: #f0b860; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; padding: 1.25rem 1rem 3rem; max-width: 58rem; background: var(--page); color: var(--text);
      font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: break-word; }
    .lead { margin: 0; padding: .6rem .9rem; border-left: .3rem solid var(--warn); background: var(--panel); font-weight: 600; }
    h1 { font-size: 1.6rem; line-height: 1.2; margin: 1.2rem 0 .6rem; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; }
    h3 { font-size: 1.05rem; margin: 0 0 .5rem; } h4 { font-size: .9rem; margin: .8rem 0 .2rem; color: var(--quiet); }
    h3 small { font-weight: 400; color: var(--quiet); }
    ul { margin: .2rem 0; padding-left: 1.2rem; } li { margin: .15rem 0; } p { margin: .4rem 0; }
    code { font: .85em ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .6rem 0; }
    dt { color: var(--quiet); } dd { margin: 0; min-width: 0; }
    dd > p:first-child { margin-top: 0; } dd > p:last-child { margin-bottom: 0; }
    section.claim { border: 1px solid var(--line); border-radius: .5rem; padding: .9rem 1rem; margin: .9rem 0; }
    .columns { display: grid; grid-template-columns: 3fr 2fr; gap: .4rem 1.6rem; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: .92rem; } caption { text-align: left; color: var(--quiet); padding: .3rem 0; }
    td code { display: inline-block; min-width: 17ch; }
    th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); }
    thead th { color: var(--quiet); font-weight: 600; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
    table.matrix { width: auto; } table.matrix th, table.matrix td { padding: .4rem .7rem; border: 1px solid var(--line); }
    table.matrix td { text-align: right; font-variant-numeric: tabular-nums; min-width: 4rem;
      background: color-mix(in srgb, var(--accent) calc(var(--share) * .45%), transparent); }
    table.matrix td.hit { font-weight: 700; outline: 2px solid var(--accent); outline-offset: -2px; }
    svg { display: block; width: 100%; height: auto; } svg text { fill: var(--text); font-family: inherit; } svg .quiet { fill: var(--quiet); }
    .pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1.1rem 1.6rem; margin: .9rem 0 .2rem; }
    td.met strong, td.open strong { white-space: nowrap; } td.met strong { color: var(--k3); } td.open strong { color: var(--warn); }
    svg.lineage, svg.share, svg.chart { max-width: 27rem; } svg.share { margin: .3rem 0; }
    @media (max-width: 40rem) {
      table.matrix th, table.matrix td { padding: .3rem .45rem; } table.matrix td { min-width: 3rem; }
      .columns { grid-template-columns: 1fr; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; }
      table.cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
      table.cards, table.cards tbody, table.cards tr, table.cards td { display: block; }
      table.cards tr { border-bottom: 2px solid var(--line); padding: .5rem 0; }
      table.cards td { border: 0; padding: .15rem 0; text-align: left; }
      table.cards td::before { content: attr(data-label) ": "; color: var(--quiet); } }
    @page { size: A4; margin: 16mm; }
    @media print { body { max-width: none; padding: 0; font-size: 10pt; }
      h1 { font-size: 16pt; } h2 { font-size: 13pt; margin-top: 1.4rem; } h3 { font-size: 11pt; } table { font-size: 8.5pt; }
      tr, svg, li, p, .pictures > * { break-inside: avoid; } h2, h3, h4, thead { break-after: avoid; }
      section.claim { padding: .5rem .8rem; margin: .6rem 0; } td code { font-size: 7.5pt; }
      table.matrix td, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
    """
}
