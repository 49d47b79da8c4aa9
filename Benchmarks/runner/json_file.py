"""What was measured, on disk."""

import json
import os


def rounded(value):
    """Numbers of six digits: more are noise."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [rounded(inner) for inner in value]
    return value


def write(path, document):
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_suffix(".part")
    temporary.write_text(json.dumps(rounded(document), indent=1, ensure_ascii=False) + "\n")
    os.replace(temporary, path)
