"""The tables of work on data in docs/performance.md."""

import page
import sections
import throughput

BEGIN = "<!-- Benchmarks/throughput writes from here -->"
AIM = 1.5

NAMES = {
    "moru": "Moru", "polars": "Polars", "pandas": "pandas", "opencv": "OpenCV", "pillow": "Pillow",
}  # fmt: skip


def title(name):
    return NAMES.get(name, name)


def line(row):
    """A row in short, for those who watch."""
    times = {"moru": row["moru_ms"], **row["peers"]}
    found = ", ".join(f"{title(name)} {page.number(time)}" for name, time in times.items())
    ratio = "" if row["ratio"] is None else f": {row['ratio']:.2f}"
    return f"{row['name']}, {row['processors']} processor(s): {found} ms{ratio}"


def table(rows):
    body = []
    for row in rows:
        best = row["best_peer"]
        body.append([
            row["name"], str(row["processors"]), page.number(row["moru_ms"]),
            f"{title(best)} {page.number(row['peers'][best])}" if best else "",
            f"{row['ratio']:.2f}" if best else "",
            ", ".join(
                f"{title(name)} {page.number(time)}"
                for name, time in sorted(row["peers"].items(), key=lambda item: item[1])
                if name != best
            ),
            f"{page.number(row['median_ms']['moru'])} / {row['spread']['moru']:.2f}",
            f"{page.number(row['median_ms'][best])} / {row['spread'][best]:.2f}" if best else "",
        ])  # fmt: skip
    return page.table(
        [
            "Work", "Processors", "Moru, ms", "best peer, ms", "ratio", "others, ms",
            "Moru, median / spread", "best peer, median / spread",
        ],
        body,
    )  # fmt: skip


def short(rows):
    """Why rows are under the aim, a line each."""
    known = throughput.rows()
    lines = {}
    for row in rows:
        if row["ratio"] is not None and row["ratio"] < AIM:
            lines[row["name"]] = f"- {row['name']}: {known[row['name']].remark or 'not looked into'}"
    return "\n".join(lines.values())


def text(results):
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    reached = sum((row["ratio"] or 0) >= AIM for row in results["rows"])
    parts = [
        f"{results['machine']}. Measured {results['date']} beside {versions}. "
        f"{reached} of {len(results['rows'])} rows reach {AIM} times the best peer."
    ]
    for name, rows in throughput.groups().items():
        names = [row.name for row in rows]
        found = [row for row in results["rows"] if row["name"] in names]
        if found:
            parts += [f"### {name}", table(found)]
            if remarks := short(found):
                parts += [f"Under {AIM} times the best peer:", remarks]
    return "\n\n".join(parts)


def write(results):
    sections.replace(page.PAGE, BEGIN, text(results))
