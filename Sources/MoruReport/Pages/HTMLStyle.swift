/// How pages look.
enum HTMLStyle {
  /// The content of a page's `style` element.
  static let text = """
    :root {
      color-scheme: light dark;
      --ink: \(Theme.ink); --faint: \(Theme.faintInk); --paper: \(Theme.background);
      --card: \(Theme.card); --border: \(Theme.border); --link: #0a58a8;
      --good: #1c6b3c; --good-paper: #e6f4ea; --warning: #7a4d00; --warning-paper: #fff3d6;
      --bad: #a3261b; --bad-paper: #fdeae7; --neutral: var(--faint); --neutral-paper: var(--card);
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ink: #e6eaef; --faint: #a9b4c0; --paper: #14181d; --card: #1d232a; --border: #333c46;
        --link: #7db9f5; --good: #7fd49b; --good-paper: #15301f; --warning: #f0c265;
        --warning-paper: #362a0e; --bad: #ff9d90; --bad-paper: #3d1a16;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--paper); color: var(--ink); line-height: 1.5;
      font-family: \(Theme.fonts); overflow-wrap: anywhere; word-break: keep-all;
    }
    main { max-width: 1360px; margin: 0 auto; padding: 24px 24px 64px; }
    h1 { font-size: 1.7rem; margin: 0 0 12px; }
    h2 { font-size: 1.25rem; margin: 40px 0 12px; padding-top: 8px; border-top: 1px solid var(--border); }
    h3 { font-size: 1.02rem; margin: 24px 0 8px; }
    p, ul, pre { max-width: 920px; }
    a { color: var(--link); }
    nav ul { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; padding: 0; }
    .note {
      padding: 8px 12px; border-radius: 6px; border-left: 4px solid; margin: 8px 0;
    }
    .sign { display: inline-block; min-width: 1.1em; font-weight: 700; }
    .detail { color: var(--ink); }
    .good { color: var(--good); background: var(--good-paper); }
    .neutral { color: var(--neutral); background: var(--neutral-paper); }
    .warning { color: var(--warning); background: var(--warning-paper); }
    .bad { color: var(--bad); background: var(--bad-paper); }
    .figures { display: flex; flex-wrap: wrap; gap: 12px; margin: 16px 0; }
    .figures div {
      display: flex; flex-direction: column; padding: 10px 16px; background: var(--card);
      border: 1px solid var(--border); border-radius: 8px;
    }
    .figures dd { margin: 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
    .figures dt { color: var(--faint); font-size: 0.85rem; }
    .table { overflow-x: auto; margin: 12px 0; }
    table { border-collapse: collapse; background: var(--card); font-size: 0.9rem; }
    caption { text-align: left; color: var(--faint); padding-bottom: 4px; }
    th, td {
      padding: 4px 10px; border: 1px solid var(--border); text-align: left; vertical-align: top;
      overflow-wrap: normal;
    }
    th { font-weight: 600; white-space: nowrap; }
    .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    th.number { white-space: normal; }
    td img { max-height: 96px; max-width: 160px; image-rendering: auto; display: block; }
    pre { overflow-x: auto; padding: 10px 12px; background: var(--card);
      border: 1px solid var(--border); border-radius: 6px; overflow-wrap: normal; }
    code { font-size: 0.95em; padding: 0 3px; background: var(--paper); border-radius: 3px; }
    figure { margin: 0; }
    .charts, .pictures { display: flex; flex-wrap: wrap; gap: 16px; margin: 12px 0; }
    .charts figure { max-width: 100%; }
    svg { max-width: 100%; height: auto; }
    .pictures figure { width: 160px; }
    .pictures img { width: 100%; border: 1px solid var(--border); border-radius: 4px; display: block;
      image-rendering: auto; }
    figcaption { color: var(--faint); font-size: 0.8rem; margin-top: 4px; }
    details { margin: 8px 0; }
    summary { cursor: pointer; color: var(--link); }
    @media print { body { background: #fff; } main { max-width: none; padding: 0; } }
    """
}
