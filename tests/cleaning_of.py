"""Clean a corpus in a test, read the copy back with other programs, and compare it with what scans say."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import zstandard
from jsonschema import Draft202012Validator
from support import scanned

from corpuscheck.api import clean
from corpuscheck.cleaning.outcome import Cleaned
from corpuscheck.cleaning.plan import CleanPlan
from corpuscheck.result.copies import Cleanliness, cleanliness
from corpuscheck.settings import settings_from

Document = dict[str, Any]

SCHEMA = Draft202012Validator(json.loads((files("corpuscheck.reports") / "clean_schema.json").read_text("utf-8")))


def cleaned(paths: Path | list[str], out: Path | None, force: bool = False, **options: Any) -> Cleaned:
    """The clean copy of a corpus; options of the plan and of the reading by their names in Python."""
    plan = {name: options.pop(name) for name in [*options] if name in CleanPlan.__dataclass_fields__}
    given = [str(paths)] if isinstance(paths, Path) else paths
    settings = settings_from(**{"jobs": 1, **options})
    made = clean(given, str(out) if out else None, CleanPlan(**plan), settings, force=force)
    SCHEMA.validate(made.manifest("1.0"))
    return made


def lines_of(path: Path) -> list[Document]:
    """The records of a compressed file."""
    with zstandard.open(path, "rt", encoding="utf-8", newline="\n") as file:
        return [json.loads(line) for line in file]


def kept_in(out: Path) -> list[Document]:
    return [row for path in sorted(out.glob("part-*.jsonl.zst")) for row in lines_of(path)]


def removed_from(out: Path) -> list[Document]:
    return lines_of(out / "removed.jsonl.zst")


def manifest_of(out: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((out / "manifest.json").read_text("utf-8"))
    SCHEMA.validate(told)
    return told


def seen_in(paths: Path, vocabulary: str, **options: Any) -> Cleanliness:
    """What a scan says of it."""
    return cleanliness(scanned(paths, tokenizer=vocabulary, **options).result.profile)


def assert_agreed(data: Path, out: Path, vocabulary: str, **options: Any) -> Cleaned:
    """Clean it: what the scan before says, what is promised, what is written and what the scan after says is one."""
    reading = {name: value for name, value in options.items() if name not in CleanPlan.__dataclass_fields__}
    before = seen_in(data, vocabulary, **reading)
    promised, made = cleaned(data, None, **options), cleaned(data, out, **options)
    assert promised.waterfall == made.waterfall
    fall = made.waterfall
    steps = [(step.amount.documents, step.amount.utf8_bytes) for _, step in before.steps]
    rules = [fall.by_rule[rule] for rule in ("CC501", "CC502", "CC503")]
    assert [(rule.documents, rule.utf8_bytes) for rule in rules] == steps
    assert (fall.read.utf8_bytes, fall.by_rule["debris"].utf8_bytes) == (before.raw_bytes, before.debris_bytes)
    assert fall.usable.utf8_bytes == before.usable_bytes
    written = kept_in(out)
    assert (len(written), sum(len(row["text"].encode()) for row in written)) == (made.documents_kept, made.bytes_kept)
    assert made.bytes_removed + made.bytes_kept == fall.read.utf8_bytes + fall.changed_bytes
    if written:
        after = seen_in(out, vocabulary)
        assert (after.raw_bytes, after.usable_bytes) == (made.bytes_kept, made.bytes_kept)
        assert [step.amount.documents for _, step in after.steps] == [0, 0, 0]
    return made
