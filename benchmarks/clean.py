"""Plant trouble into real text and look what is found; then count what is called trouble in text that has none.

    python benchmarks/clean.py CORPORA

Each subfolder of CORPORA is a corpus, its name begins with its language (ko-wiki, en-contracts). Prints the tables
of docs/method.md, "Is it clean?". With --show RULE it prints instead where the documents stand that the rule names.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from calibration import documents_of
from composed import Composition, Score, compose, scores

from corpuscheck.api import run_scan
from corpuscheck.profile.document_rules import DOCUMENT_RULES
from corpuscheck.profile.profile import Profile
from corpuscheck.result.copies import cleanliness
from corpuscheck.settings import settings_from

MODES = {
    "ko-wiki-wikiextractor": "wikiextractor",
    "th-wisesight": "line",
    "domain-contrast": "blank-line",
    "ko-wikinews-containers": "",
}
"""What one document is, where it is not a file or a record; the containers hold the same text several times."""

PLANTED = ("ko-wiki-wikiextractor", "ko-precedents-md", "en-contracts", "en-biomedical-medquad", "ja-aozora-sjis",
           "th-wisesight", "zh-poetry", "ru-ruslit", "de-gesetze")  # fmt: skip

WHOLE = ("CC413", "CC414", "CC415", "CC501", "CC502", "CC503", "CC504")


def scan(path: Path, mode: str, vocabulary: Path) -> Profile:
    """A profile with whatever tokenizer; what is clean does not depend on it."""
    options = {"tokenizer": str(vocabulary), "document": mode, "jobs": 2, "forecast": False}
    return run_scan(path, settings_from(**options)).result.profile


def corpora(folder: Path) -> Iterator[tuple[str, Path, str]]:
    """Language, path and mode of each."""
    for path in sorted(folder.iterdir()):
        mode = MODES.get(path.name, "file")
        if path.is_dir() and mode and not path.name.startswith(("vocab", "udhr")):
            if path.name == "domain-contrast":
                yield from ((file.name[:2], file, mode) for file in sorted(path.iterdir()))
            else:
                yield path.name[:2], path, mode


def percent(share: float) -> str:
    """As the product prints it: what is not zero never looks like it."""
    if share in (0.0, 1.0):
        return f"{100 * share:.0f}"
    shown = f"{100 * share:.1f}" if share > 0.001 else f"{100 * share:.1g}"
    return min(shown, "99.9", key=float)


def named_documents(profile: Profile) -> list[str]:
    """The cells of a corpus: documents (bytes) that each rule names, in per cent of those that it judges."""
    clean = profile.clean
    cells = [f"{clean.documents:,}", percent(clean["short"].documents / max(1, clean.documents))]
    for rule in DOCUMENT_RULES:
        tally = clean[rule.id]
        both = f"{percent(tally.share)} ({percent(tally.byte_share)})"
        cells.append("·" if not tally.judged else both if tally.documents else "0")
    return cells


def shares(profile: Profile) -> list[str]:
    """Debris and copies in per cent of the bytes, documents with shapes of personal data in per cent of them."""
    clean, found = profile.clean, cleanliness(profile)
    total, cells = max(1, profile.size.utf8_bytes), []
    for names in (("markup", "entities"), ("URLs", "e-mail addresses")):
        cells.append(percent(sum(clean[f"debris: {name}"].amount_bytes for name in names) / total))
    most = max((tally.documents for tally in clean.named("shape: ").values()), default=0)
    cells.append(percent(most / max(1, clean.documents)))
    return [*cells, *(percent(step.amount.utf8_bytes / total) for _, step in found.steps), percent(found.lines.share)]


def alarm_tables(folder: Path, vocabulary: Path) -> str:
    """A row for each corpus, those of a language together: rules of documents, then of the whole corpus."""
    rules = [rule.id for rule in DOCUMENT_RULES]
    tables = [markdown(["corpus", "documents", "short", *rules]), markdown(["corpus", *WHOLE])]
    for language, path, mode in sorted(corpora(folder)):
        print(f"{language}: {path.name}", file=sys.stderr, flush=True)
        profile = scan(path, mode, vocabulary)
        for table, cells in zip(tables, (named_documents(profile), shares(profile)), strict=True):
            table.append(f"| {path.stem} | {' | '.join(cells)} |")
    return "\n\n".join("\n".join(table) for table in tables)


def markdown(heads: Sequence[str]) -> list[str]:
    """The first two lines of a table."""
    return [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]


def planted_table(compositions: Sequence[Composition], vocabulary: Path) -> str:
    """A row for each kind of trouble, a column for each corpus; at the end all of them together."""
    rows: dict[str, dict[str, Score]] = defaultdict(dict)
    for composition in compositions:
        print(f"planted: {composition.name}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "composed.jsonl"
            path.write_bytes(composition.jsonl())
            for name, score in scores(composition, scan(path, "file", vocabulary)):
                rows[name][composition.name] = score
    names = [composition.name for composition in compositions]
    lines = markdown(["planted", *names, "all", "precision"])
    for kind, found in rows.items():
        cells = [found[name].shown() if name in found else "·" for name in names]
        whole = sum(found.values(), Score())
        lines.append(f"| {kind} | {' | '.join(cells)} | {whole.shown(True)} | {whole.precision()} |")
    return "\n".join(lines)


def show(folder: Path, rule: str, vocabulary: Path) -> str:
    """Where the worst documents of a rule stand."""
    lines = []
    for _, path, mode in corpora(folder):
        for worst in scan(path, mode, vocabulary).clean[rule].worst:
            lines.append(f"{worst.score / 1e6:.3f} {worst.utf8_bytes:>9,} {worst.path}:{worst.number + 1}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", metavar="RULE")
    parser.add_argument("--only", choices=("planted", "alarms"))
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        vocabulary = Path(folder) / "vocab.txt"
        vocabulary.write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##a\n", "utf-8")
        if given.show:
            print(show(given.corpora, given.show, vocabulary))
            return
        if given.only != "alarms":
            dice = random.Random(given.seed)
            found = {path.stem: (str(path), mode) for _, path, mode in corpora(given.corpora) if path.stem in PLANTED}
            made = [compose(name, documents_of(*found[name]), dice) for name in PLANTED if name in found]
            print(planted_table(made, vocabulary), end="\n\n")
        if given.only != "planted":
            print(alarm_tables(given.corpora, vocabulary))


if __name__ == "__main__":
    main(sys.argv[1:])
