"""Sections of pages that programs write, between two markers.

From the command line: the section NAME of docs/results.md becomes what the standard input says."""

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
END = "<!-- to here -->"


def replace(page, begin, text):
    """Writes a text between a marker of a page and its end."""
    path = DOCS / page
    before, rest = path.read_text().split(begin)
    _, after = rest.split(END, 1)
    path.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{END}{after}")


def write_result(name, text):
    """Writes a section of docs/results.md."""
    replace("results.md", f"<!-- {name} from here -->", text)


if __name__ == "__main__":
    if not (text := sys.stdin.read()).strip():
        sys.exit(f"{sys.argv[0]}: there is no text for the section {sys.argv[1]}")
    write_result(sys.argv[1], text)
