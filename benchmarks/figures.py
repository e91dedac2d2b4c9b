"""Which figures differ between two checkouts, corpus by corpus.

python benchmarks/figures.py OLD NEW CORPORA [--tokenizer VOCAB]

OLD and NEW are checkouts, CORPORA a folder of corpora. Each one is scanned by both, and what their JSON reports say in
other words is printed: `-` for the old value, `+` for the new one, `~` for fields that only one of them has.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_LONGEST = 100


def main() -> None:
    """Print the differences; the exit status is 1 where there are any."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--tokenizer", help="judge by this one; otherwise each checkout trains its own")
    given = parser.parse_args()
    options = ["--tokenizer", str(Path(given.tokenizer).resolve())] if given.tokenizer else []
    differ = 0
    for corpus in sorted(path for path in given.corpora.iterdir() if path.is_dir()):
        old, new = (_report(checkout, corpus.resolve(), options) for checkout in (given.old, given.new))
        lines = [f"both: {old['error']}"] if "error" in old and "error" in new else list(_differences(old, new))
        differ += bool(lines)
        print(f"{corpus.name}: {'the same' if not lines else ''}", *lines, sep="\n  ", flush=True)
    sys.exit(min(1, differ))


def _report(checkout: Path, corpus: Path, options: list[str]) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "corpuscheck",
        "scan",
        str(corpus),
        "--format",
        "json",
        "-q",
        "--no-cache",
        *options,
    ]
    environment = {**os.environ, "PYTHONPATH": str(checkout.resolve())}
    done = subprocess.run(command, capture_output=True, cwd=checkout, env=environment, check=False)
    if done.returncode not in (0, 1):
        return {"error": done.stderr.decode(errors="replace").strip()}
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _differences(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    before, after = dict(_leaves(old)), dict(_leaves(new))
    for name in sorted(before.keys() | after.keys()):
        if name not in before or name not in after:
            yield f"~ {name} {_short(after.get(name, before.get(name)))}"
        elif before[name] != after[name]:
            yield f"- {name} {_short(before[name])}"
            yield f"+ {name} {_short(after[name])}"


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every figure by its path; lists of more than figures are one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}.{key}" if name else key)
    else:
        yield name, value


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


if __name__ == "__main__":
    main()
