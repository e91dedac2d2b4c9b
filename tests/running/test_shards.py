"""Shards: what several jobs measured of one corpus, merged in any order, is what one scan saves, byte for byte."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import re
import shlex
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import REPOSITORY, Main, korean_lines, quick_command, run, set_budgets, write_files, write_vocabulary

from corpuscheck.api import merged, run_scan, scan_shard, survey
from corpuscheck.errors import CorpuscheckError, ProfileError, UsageError
from corpuscheck.measuring.documents import DocumentHasher
from corpuscheck.profile import files
from corpuscheck.profile.documents import DocumentPart, NormPart, file_id
from corpuscheck.profile.near import NearPart
from corpuscheck.profile.repeats import RepeatsPart
from corpuscheck.reading import ranges as cutting
from corpuscheck.reading.batch import batch_of
from corpuscheck.reading.discover import discover
from corpuscheck.reading.files import FileRecord
from corpuscheck.running import units
from corpuscheck.running.assembling import documents_before, numbered
from corpuscheck.running.partial import Partial
from corpuscheck.running.shares import WorkShare, bytes_of, shared_out
from corpuscheck.running.units import work_units
from corpuscheck.settings import Reading, settings_from
from corpuscheck.values.packed import Packed

LETTERS = "가나다라마바사아자차카타파하고노도로모보소오조"


def text(lines: int, number: int) -> str:
    """Lines that no text of another number has, up to a great many of them."""
    start = 401 * number % 8000
    return "\n".join(korean_lines(8400)[start : start + lines]) + "\n"


def in_zip(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return held.getvalue()


def in_tar(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return held.getvalue()


def plain(folder: Path) -> Path:
    """More documents than would make lines the unit that is held out."""
    return write_files(folder, {f"{n % 7}/{n}.txt": text(1, n) for n in range(101)})


def few(folder: Path) -> Path:
    """So few documents that lines are held out."""
    return write_files(folder, {f"{n}.txt": text(60, n) for n in range(4)})


def large(folder: Path) -> Path:
    """Large files, one of which is invalid only far in, and one in another encoding but for its beginning."""
    broken = bytearray(text(400, 2).encode())
    broken[len(broken) * 3 // 4] = 0xFF
    mixed = ("plain english at first\n" * 2000).encode() + text(300, 3).encode("cp949", "replace")
    files: dict[str, str | bytes] = {
        "a.txt": text(400, 1),
        "broken.txt": bytes(broken),
        "mixed.txt": mixed,
        "z.txt": text(20, 4),
    }
    return write_files(folder, files)


def containers(folder: Path) -> Path:
    """Every kind of container, with legacy text that is too short to tell its encoding alone."""
    rows: list[str] = [json.dumps({"text": line}, ensure_ascii=False) for line in korean_lines(90, 5)]
    short = "가나 다라".encode("cp949")
    files: dict[str, str | bytes] = {
        "a.jsonl": "\n".join(rows), "b.jsonl.gz": gzip.compress("\n".join(rows[::-1]).encode(), mtime=0),
        "c.csv": "id,text\n" + "".join(f'{n},"{line}"\n' for n, line in enumerate(korean_lines(40, 6))),
        "d.zip": in_zip({"one.txt": text(9, 7).encode(), "short.txt": short}),
        "e.tar": in_tar({"two.txt": text(9, 8).encode("cp949", "replace"), "short.txt": short}),
        "long.txt": text(200, 9).encode("cp949", "replace"), "short.txt": short, "empty.txt": "", ".hidden": "x",
        "image.png": b"\x89PNG",
    }  # fmt: skip
    return write_files(folder, files)


def copies(folder: Path) -> Path:
    """Documents that stand in several files, exactly and nearly, and lines that many of them share."""
    lines = korean_lines(30, 10)
    files = {}
    for n in range(40):
        dice = random.Random(n % 8)
        chosen = dice.sample(lines, 12)
        files[f"{n}.txt"] = "\n".join([*chosen, "All rights reserved 2024.", f"{n % 16}"])
    return write_files(folder, files)


def told_by_content(folder: Path) -> Path:
    """A few plain files that hold many documents: lines are held out at first, then documents."""
    block = '<doc id="{}" url="u" title="t">\n{}\n</doc>\n'
    return write_files(folder, {
        f"AA/wiki_{n:02}": "".join(block.format(k, text(2, 100 * n + k)) for k in range(30)) for n in range(5)
    })  # fmt: skip


def odd_names(folder: Path) -> Path:
    """Names that are no Unicode, which not every file system takes."""
    try:
        return write_files(folder, {"a.txt": text(9, 1), os.fsdecode(b"b\xff.txt"): "똠방각하 뷁 " + text(9, 2)})
    except OSError:
        pytest.skip("such names cannot be here")


CORPORA: dict[str, tuple[Callable[[Path], Path], dict[str, Any]]] = {
    "many documents": (plain, {}),
    "few documents": (few, {}),
    "one document each, in ranges": (large, {}),
    "lines, in ranges": (large, {"document": "line"}),
    "containers": (containers, {}),
    "a named field": (containers, {"text_fields": "text", "include": "*.jsonl*"}),
    "copies": (copies, {}),
    "no cleanliness": (copies, {"clean": False}),
    "a layout that content tells": (told_by_content, {}),
    "names that are no Unicode": (odd_names, {}),
    "sources by folder": (plain, {"by": "folder"}),
    "sources by script": (containers, {"by": "script"}),
    "sources by a field": (containers, {"by": "field:id"}),
    "other training": (plain, {"vocab_size": 500, "lowercase": True, "train_bytes": 5000, "held_out_share": 0.3}),
}


MAKEFILE = re.search(r"```makefile\n(.*?)```", (REPOSITORY / "docs" / "scale.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.thorough
@pytest.mark.skipif(not shutil.which("make"), reason="there is no make here")
def test_the_makefile_of_the_page_makes_what_one_scan_makes(tmp_path: Path) -> None:
    assert MAKEFILE
    folder = plain(tmp_path / "data")
    (tmp_path / "Makefile").write_text(MAKEFILE[1], "utf-8")
    program = tmp_path / "bin" / "corpuscheck"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.join(quick_command())} "$@"\n')
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    for _ in range(2):  # the second time there is nothing to do
        made = subprocess.run(
            ["make", "-j", "2", "SHARDS=2"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert made.returncode == 0, made.stderr
    assert "up to date" in made.stdout
    assert run("scan", folder.name, "--save", "one.ccp", "-q", cwd=tmp_path).returncode < 2
    assert (tmp_path / "all.ccp").read_bytes() == (tmp_path / "one.ccp").read_bytes()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Units so small that large files are cut, samples that are soon full, tables that are soon halved."""
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 12)
    monkeypatch.setattr(units, "LARGEST_UNIT", 1 << 13)
    monkeypatch.setattr(cutting, "_PROBE_BYTES", 16)
    set_budgets(monkeypatch, tokens=20_000, curve=20_000, domain=20_000, lines=2_000, forecast=20_000)


def one_scan(folder: Path, **options: Any) -> bytes:
    return run_scan(folder, settings_from(jobs=1, forecast=True, **options)).result.profile.to_bytes()


def surveyed(folder: Path, shards: int, place: Path, **options: Any) -> str:
    settings = settings_from(jobs=1, **options)
    parts = [str(place / f"survey-{number}.ccp") for number in range(1, shards + 1)]
    for number, part in enumerate(parts, 1):
        survey(folder, WorkShare(number, shards), settings).save(part)
    whole = str(place / "survey.ccp")
    merged(parts[::-1], 1).save(whole)
    return whole


def parts_of(folder: Path, shards: int, place: Path, **options: Any) -> list[str]:
    settings = settings_from(jobs=1, forecast=True, **options)
    paths = [str(place / f"part-{number}.ccp") for number in range(1, shards + 1)]
    for number, path in enumerate(paths, 1):
        scan_shard(folder, WorkShare(number, shards), settings).save(path)
    return paths


def sum_of(parts: Sequence[str], place: Path) -> bytes:
    merged(parts, 1).save(str(place / "all.ccp"))
    return (place / "all.ccp").read_bytes()


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("name", "shards"),
    [
        pytest.param(name, 2 + number % 5, marks=[] if number % 2 else [pytest.mark.thorough])
        for number, name in enumerate(CORPORA)
    ],
)
def test_shards_with_a_tokenizer_make_what_one_scan_makes(name: str, shards: int, tmp_path: Path) -> None:
    make, options = CORPORA[name]
    folder = make(tmp_path / "corpus")
    options = {**options, "tokenizer": write_vocabulary(tmp_path / "vocab.txt", LETTERS)}
    parts = parts_of(folder, shards, tmp_path, **options)
    random.Random(shards).shuffle(parts)
    assert sum_of(parts, tmp_path) == one_scan(folder, **options)


@pytest.mark.thorough
@pytest.mark.parametrize("name", CORPORA)
def test_shards_of_a_survey_and_of_a_scan_make_what_one_scan_trains_and_makes(name: str, tmp_path: Path) -> None:
    make, options = CORPORA[name]
    folder = make(tmp_path / "corpus")
    whole = surveyed(folder, 3, tmp_path, **options)
    assert sum_of(parts_of(folder, 4, tmp_path, survey=whole, **options), tmp_path) == one_scan(folder, **options)


@pytest.mark.thorough
def test_a_survey_by_one_job_is_that_of_shards(tmp_path: Path) -> None:
    folder = plain(tmp_path / "corpus")
    of_shards = surveyed(folder, 3, tmp_path)
    survey(folder, None, settings_from(jobs=1)).save(str(tmp_path / "one.ccp"))
    assert (tmp_path / "one.ccp").read_bytes() == Path(of_shards).read_bytes()
    assert one_scan(folder, survey=of_shards) == one_scan(folder)


@pytest.mark.thorough
def test_tables_past_their_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in (DocumentPart, NormPart, NearPart, RepeatsPart):
        monkeypatch.setattr(part, "MOST", 60)
    monkeypatch.setattr(files, "MOST_FILES", 16)
    folder = copies(tmp_path / "corpus")
    options = {"tokenizer": write_vocabulary(tmp_path / "vocab.txt", LETTERS), "document": "line"}
    assert sum_of(parts_of(folder, 5, tmp_path, **options), tmp_path) == one_scan(folder, **options)


def test_more_shards_than_files_and_a_shard_alone(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "corpus", {"a.txt": text(5, 1), "b.txt": text(5, 2)})
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", LETTERS)
    for shards in (1, 5):
        parts = parts_of(folder, shards, tmp_path, tokenizer=vocabulary)
        assert sum_of(parts, tmp_path) == one_scan(folder, tokenizer=vocabulary)


@pytest.mark.parametrize("shards", [1, 3, 8])
def test_every_unit_is_in_one_share_and_shares_are_of_a_size(shards: int, tmp_path: Path) -> None:
    folder = large(tmp_path / "corpus")
    every = work_units(discover([folder], Reading()).sources, Reading())
    shares = [shared_out(every, WorkShare(number, shards)) for number in range(1, shards + 1)]
    assert sorted((unit for share in shares for unit in share), key=every.index) == every
    filled = [sum(map(bytes_of, share)) for share in shares]
    assert max(filled) - min(filled) <= max(map(bytes_of, every))


@pytest.mark.parametrize("wrong", ["", "3", "0/2", "3/2", "1/0", "-1/2", "a/b", "1/2/3", "1/1000000", "1 / 2", "१/२"])
def test_a_shard_that_cannot_be(wrong: str) -> None:
    with pytest.raises(UsageError, match="such as 3/200"):
        WorkShare.parse(wrong)


class Trouble:
    """Three good shards, and what can be done to them in a place of their own. They are measured once, in `kept`."""

    def __init__(self, kept: Path, place: Path) -> None:
        self.place = place
        self.folder, vocabulary = kept / "corpus", kept / "vocab.txt"
        self.options = {"tokenizer": str(vocabulary)}
        if not vocabulary.exists():
            write_vocabulary(vocabulary, LETTERS)
            parts_of(few(self.folder), 3, kept, **self.options)
        self.parts = [str(place / f"part-{number}.ccp") for number in (1, 2, 3)]
        if kept != place:
            for part in self.parts:
                shutil.copy(kept / Path(part).name, part)

    def one(self, share: WorkShare, **options: Any) -> str:
        path = str(self.place / "other.ccp")
        scan_shard(self.folder, share, settings_from(jobs=1, forecast=True, **{**self.options, **options})).save(path)
        return path


def doubled(of: Trouble) -> list[str]:
    return [*of.parts, str(shutil.copy(of.parts[0], str(of.place / "again.ccp")))]


def with_a_profile(of: Trouble) -> list[str]:
    path = str(of.place / "profile.ccp")
    run_scan(of.folder, settings_from(jobs=1, **of.options)).result.profile.save(path)
    return [*of.parts, path]


def with_a_survey(of: Trouble) -> list[str]:
    path = str(of.place / "survey.ccp")
    survey(of.folder, WorkShare(1, 3), settings_from(jobs=1)).save(path)
    return [*of.parts[1:], path]


def after_a_change(of: Trouble) -> list[str]:
    of = Trouble(of.place, of.place)
    (of.folder / "0.txt").write_text("another text, of another size", "utf-8")
    return [*of.parts[:2], of.one(WorkShare(3, 3))]


def after_a_new_file(of: Trouble) -> list[str]:
    of = Trouble(of.place, of.place)
    (of.folder / "new.txt").write_text("new", "utf-8")
    return [*of.parts[:2], of.one(WorkShare(3, 3))]


def cut_off(of: Trouble) -> list[str]:
    path = Path(of.parts[1])
    path.write_bytes(path.read_bytes()[:-100])
    return of.parts


def of_another_version(of: Trouble) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("corpuscheck.running.shards.code", lambda: b"another")
        return [*of.parts[:2], of.one(WorkShare(3, 3))]


REFUSED: dict[str, tuple[Callable[[Trouble], list[str]], str]] = {
    "one missing": (lambda of: of.parts[:2], "1 of 3 shard is missing: 3$"),
    "two missing": (lambda of: of.parts[1:2], "2 of 3 shards are missing: 1, 3$"),
    "one twice": (doubled, r"part-1\.ccp and .*again\.ccp are both shard 1 of 3"),
    "of another number": (lambda of: [*of.parts[:2], of.one(WorkShare(3, 4))], "other.ccp is 3 of 4"),
    "with a profile": (with_a_profile, "is a shard and .*profile.ccp a profile"),
    "with a survey": (with_a_survey, "is a shard and .*survey.ccp a survey shard"),
    "other settings": (
        lambda of: [*of.parts[:2], of.one(WorkShare(3, 3), document="line")],
        "document is line, not file",
    ),
    "other limits": (lambda of: [*of.parts[:2], of.one(WorkShare(3, 3), max_unk_rate=0.5)], "other limits"),
    "another tokenizer": (
        lambda of: [*of.parts[:2], of.one(WorkShare(3, 3), tokenizer=write_vocabulary(of.place / "v.txt", "가나"))],
        "another tokenizer",
    ),
    "a file that changed": (after_a_change, "must not change meanwhile"),
    "a file that is new": (after_a_new_file, "a share of 5 files"),
    "cut off": (cut_off, r"part-2\.ccp: damaged"),
    "another version": (of_another_version, "made by another version of corpuscheck"),
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.mark.few(8)
@pytest.mark.parametrize("name", REFUSED)
def test_shards_that_do_not_make_one_whole_are_refused(name: str, kept: Path, tmp_path: Path) -> None:
    spoil, why = REFUSED[name]
    paths = spoil(Trouble(kept, tmp_path))
    with pytest.raises(ProfileError, match=why):
        merged(paths, 1)


def test_a_file_that_must_be_read_again_has_to_be_at_hand(tmp_path: Path) -> None:
    folder = large(tmp_path / "corpus")
    parts = parts_of(folder, 2, tmp_path, tokenizer=write_vocabulary(tmp_path / "vocab.txt", LETTERS))
    (folder / "a.txt").unlink()  # nobody needs it any more
    merged(parts, 1)
    (folder / "broken.txt").write_bytes(b"x")
    with pytest.raises(ProfileError, match=r"broken\.txt: not as it was .* merge where the shards were measured"):
        merged(parts, 1)
    (folder / "broken.txt").unlink()
    with pytest.raises(ProfileError, match=r"broken\.txt: no such file .* has to be read again"):
        merged(parts, 1)


def test_a_damaged_shard_is_never_more_than_a_message(kept: Path, tmp_path: Path) -> None:
    parts = Trouble(kept, tmp_path).parts
    good, dice = Path(parts[0]).read_bytes(), random.Random(1)
    for _ in range(60):
        bad = bytearray(good)
        for _ in range(dice.randint(1, 3)):
            bad[dice.randrange(len(bad))] = dice.randrange(256)
        Path(parts[0]).write_bytes(bytes(bad))
        try:
            merged(parts, 1)
        except CorpuscheckError:
            continue


SURVEYS = [
    ({"document": "line"}, "document is line, not file|document is file, not line"),
    ({"vocab_size": 400}, "vocab size is 32000, not 400"),
    ({"tokenizer": "vocab.txt"}, "--survey brings its own tokenizer"),
]


@pytest.mark.parametrize(("options", "why"), SURVEYS)
def test_a_survey_by_other_settings_is_refused(options: dict[str, Any], why: str, tmp_path: Path) -> None:
    folder = few(tmp_path / "corpus")
    survey(folder, None, settings_from(jobs=1)).save(str(tmp_path / "survey.ccp"))
    with pytest.raises(CorpuscheckError, match=why):
        run_scan(folder, settings_from(jobs=1, survey=str(tmp_path / "survey.ccp"), **options))


def test_a_survey_of_other_files_or_of_a_part_is_refused(tmp_path: Path) -> None:
    folder = few(tmp_path / "corpus")
    survey(folder, None, settings_from(jobs=1)).save(str(tmp_path / "survey.ccp"))
    survey(folder, WorkShare(1, 2), settings_from(jobs=1)).save(str(tmp_path / "part.ccp"))
    (folder / "new.txt").write_text("new", "utf-8")
    with pytest.raises(ProfileError, match="other files"):
        run_scan(folder, settings_from(jobs=1, survey=str(tmp_path / "survey.ccp")))
    with pytest.raises(ProfileError, match="one shard of a survey: merge all"):
        run_scan(folder, settings_from(jobs=1, survey=str(tmp_path / "part.ccp")))


COMMANDS: list[tuple[list[str], str]] = [
    (["scan", "{corpus}", "--shard", "1/2"], "--shard is for --save"),
    (["scan", "{corpus}", "--shard", "1/2", "--save", "{place}/a.ccp"], "say --tokenizer, or --survey"),
    (["scan", "{corpus}", "--shard", "1/2", "--save", "{place}/a.ccp", "--output", "a.json"], "for the whole corpus"),
    (["scan", "{corpus}", "--shard", "2", "--save", "{place}/a.ccp"], "such as 3/200"),
    (["report", "{place}/part-1.ccp"], "shard"),
    (["merge", "{place}/part-1.ccp", "-o", "{place}/all.ccp"], "shards are missing"),
]


@pytest.mark.parametrize(("arguments", "said"), COMMANDS)
def test_what_a_shard_is_not_for_is_said_in_one_line(
    arguments: list[str], said: str, kept: Path, tmp_path: Path, run_main: Main
) -> None:
    folder = Trouble(kept, tmp_path).folder
    status, out, err = run_main(*(one.format(corpus=folder, place=tmp_path) for one in arguments))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_the_tokenizer_of_a_survey_is_that_of_the_scan(tmp_path: Path, run_main: Main) -> None:
    folder = few(tmp_path / "corpus")
    run_main("scan", folder, "--save-tokenizer", tmp_path / "of-scan", "-q")
    parts = [tmp_path / f"survey-{number}.ccp" for number in (1, 2)]
    for number, path in enumerate(parts, 1):
        survey(folder, WorkShare(number, 2), settings_from(jobs=1)).save(str(path))
    whole = tmp_path / "survey.ccp"
    merged(list(map(str, parts)), 1).save(str(whole))
    for given in (parts, [whole]):
        assert run_main("train", *given, "-o", tmp_path / "of-survey", "-q") == (0, "", "")
        for name in ("tokenizer.json", "vocab.txt"):
            assert (tmp_path / "of-survey" / name).read_bytes() == (tmp_path / "of-scan" / name).read_bytes()


def test_the_commands_give_the_profile_of_one_scan(tmp_path: Path, run_main: Main) -> None:
    folder = copies(tmp_path / "corpus")
    run_main("scan", folder, "--save", tmp_path / "one.ccp", "-q")
    surveys = [tmp_path / f"survey-{number}.ccp" for number in (1, 2)]
    for number, path in enumerate(surveys, 1):
        assert run_main("survey", folder, "--shard", f"{number}/2", "-o", path, "-q") == (0, "", "")
    assert run_main("merge", *surveys, "-o", tmp_path / "survey.ccp", "-q") == (0, "", "")
    parts = [tmp_path / f"part-{number}.ccp" for number in (1, 2, 3)]
    for number, path in enumerate(parts, 1):
        arguments = ("--survey", tmp_path / "survey.ccp", "--save", path, "-q")
        assert run_main("scan", folder, "--shard", f"{number}/3", *arguments) == (0, "", "")
    assert run_main("merge", *parts, "-o", tmp_path / "all.ccp", "-q") == (0, "", "")
    assert (tmp_path / "all.ccp").read_bytes() == (tmp_path / "one.ccp").read_bytes()


def test_documents_are_numbered_in_files_of_many_terabytes() -> None:
    starts = [0, 64 << 20, 400_000_000_000, 30_000_000_000_000]
    records = [FileRecord("large.txt", start=start, documents=2) for start in starts]
    nothing = np.zeros((0, 4), np.int64)
    found = [DocumentHasher([record]).observe(batch_of([b"one", b"two"]), nothing)[1].places for record in records]
    places, ones = np.concatenate(found), np.ones(8, np.int64)
    ids = np.full(8, file_id("large.txt"), np.uint64)
    documents = DocumentPart(0, np.arange(8, dtype=np.uint64), ids, ids, ones, ones, ids, places, ones, places)
    numbers, _ = numbered(Partial(documents=documents), documents_before(Packed.of(FileRecord, records)))
    assert DocumentPart.from_state(documents.to_state()).places.tolist() == places.tolist()
    assert numbers.places.tolist() == list(range(8))
