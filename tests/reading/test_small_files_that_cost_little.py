"""Small files made to cost minutes or gigabytes: each ends in seconds and in bounded memory, and says what it left out.

Each case makes its own files and is scanned in a process of its own, which ends after a generous time of work.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import subprocess
import tarfile
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from pathspec import GitIgnoreSpec
from support import TESTS, quick_command, run

from corpuscheck.errors import UsageError
from corpuscheck.reading import patterns as patterns_module
from corpuscheck.reading.discover import discover
from corpuscheck.reading.encodings.escapes import unescaped
from corpuscheck.reading.encodings.question_marks import _ALONE
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.ignoring import MOST_ABOVE
from corpuscheck.reading.patterns import LONGEST_PATTERN, Effort, PatternError, Patterns
from corpuscheck.settings import Reading
from corpuscheck.text.composing import MOST_MARKS, normalised
from corpuscheck.values.packed import Packed

_SECONDS = 30
_LIMITED = f"import resource; resource.setrlimit(resource.RLIMIT_CPU, ({_SECONDS}, {_SECONDS})); "
"""Each process may work for so long; where the machine is busy it may take longer."""
_MOST_MEMORY = 1 << 30


def _read(path: Path, *options: str) -> str:
    """The documents, their bytes, and why each file was skipped or cut, from a process with a time-out."""
    script = (
        f"{_LIMITED}import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]);"
        "from reading_of import peak_of_this_process, read_all; from corpuscheck.settings import Reading;"
        "texts, records = read_all(Path(sys.argv[2]), Reading(strip_markup='--strip-markup' in sys.argv));"
        "peak = peak_of_this_process();"
        "print(peak, len(texts), sum(map(len, texts)), [(r.reason, r.damage) for r in records[:2]])"
    )
    done = run("-c", script, TESTS, path, *options, seconds=10 * _SECONDS)
    assert done.returncode == 0, done.stderr
    peak, _, rest = done.stdout.partition(" ")
    assert int(peak) < _MOST_MEMORY
    return rest.strip()


def _tar(members: list[bytes]) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for number, data in enumerate(members):
            info = tarfile.TarInfo(f"{number}.txt")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return held.getvalue()


def _zip(members: int) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for number in range(members):
            archive.writestr(f"{number}.txt", f"text {number}")
    return held.getvalue()


def _csv(header: list[str]) -> bytes:
    return f"{','.join(header)}\n{','.join('x' * len(header))}\n".encode()


_LONG = "k" * 1_000_000
_TEXTS = {f"a{k}": f"text {k}" for k in range(20_000)}

_FILES: dict[str, tuple[str, Callable[[], bytes], str, tuple[str, ...]]] = {
    "spaces in a tar of one frame": (
        "a.tar.zst", lambda: zstandard.compress(_tar([b" " * (8 << 20)] * 4)), " 33554432 ", (),
    ),
    "many members in a tar of one frame": (
        "a.tar.zst", lambda: zstandard.compress(_tar([b"some text"] * 8000)), "8000 72000", (),
    ),
    "many members in a tar of gzip": ("a.tar.gz", lambda: gzip.compress(_tar([b"some text"] * 4000), 1), "4000 ", ()),
    "many members in a zip": ("a.zip", lambda: _zip(3_000), "3000 ", ()),
    "a key of a megabyte over an object": ("a.json", lambda: json.dumps({_LONG: _TEXTS}).encode(), "too large", ()),
    "a key of a megabyte over strings": (
        "a.json", lambda: json.dumps({_LONG: list(_TEXTS.values()) * 10}).encode(), "no text in its records", (),
    ),
    "a key of a megabyte in JSON Lines": (
        "a.jsonl", lambda: json.dumps({_LONG: _TEXTS}).encode(), "no text in its records", (),
    ),
    "a key of a megabyte over records": (
        "a.json", lambda: json.dumps({_LONG: [{k: v} for k, v in _TEXTS.items()]}).encode(), "too large", (),
    ),
    "many long keys inside each other": (
        "a.json",
        lambda: b'{"' + b"k" * 9000 + b'":' + b'{"k":' * 150 + json.dumps(_TEXTS).encode() + b"}" * 151, "", (),
    ),
    "a header of numbered columns": ("a.csv", lambda: _csv([f"text{k}" for k in range(60_000)]), "1 ", ()),
    "a header of one name": ("a.csv", lambda: _csv(["text"] * 60_000), "1 ", ()),
    "very many tags": (
        "a.html.gz", lambda: gzip.compress(b"<html><body>" + b"<p>" * 5_000_000, 1), " 15000012 ", ("--strip-markup",),
    ),
    "very many attributes": (
        "a.html",
        lambda: b"<html><body><p " + b" ".join(b"a%d=1" % k for k in range(200_000)) + b">text</p>",
        "2 ", ("--strip-markup",),
    ),
    "tags of four attributes": (
        "a.html", lambda: b"<html><body>" + b"<p a=1 b=2 c=3 d=4>" * 1_000_000 + b"text", "1 4 ", ("--strip-markup",),
    ),
    "elements of XML": (
        "a.xml", lambda: b"<d>" + b"<p>a</p>" * 1_900_000 + b"</d>", "1 3799999 ", ("--strip-markup",),
    ),
    "references": ("a.xml", lambda: b"<d>" + b"a&amp;" * 1_000_000 + b"</d>", "1 2000000 ", ("--strip-markup",)),
    "very many references": (
        "a.xml", lambda: b"<d>" + b"&a;" * 20_000_000 + b"</d>", " 60000007 ", ("--strip-markup",),
    ),
    "very many sections": (
        "a.xml", lambda: b"<d>" + b"<![CDATA[a]]>" * 1_000_000 + b"</d>", "1 1000000 ", ("--strip-markup",),
    ),
    "elements that end as others": (
        "a.html", lambda: b"<html>" + b"<span>" * 300_000 + b"text" + b"</x>" * 300_000, " 3000010 ",
        ("--strip-markup",),
    ),
    "lines of one letter": (
        "a.html", lambda: b"<html><body>" + b"a\n" * 5_000_000, "1 9999999 ", ("--strip-markup",),
    ),
    "attributes without blanks between them": (
        "a.html",
        lambda: b"<html><body><p " + b"".join(b'a%d=">"' % k for k in range(200_000)) + b">text</p>",
        "1 ", ("--strip-markup",),
    ),
}  # fmt: skip


_LIKE_ANOTHER = (
    "many members in a tar of gzip", "a key of a megabyte over strings", "a header of one name", "very many references",
    "tags of four attributes", "attributes without blanks between them",
)  # fmt: skip


@pytest.mark.few(5)
@pytest.mark.parametrize(
    ("name", "content", "said", "options"),
    [
        pytest.param(*case, id=name, marks=[pytest.mark.thorough] if name in _LIKE_ANOTHER else [])
        for name, case in _FILES.items()
    ],
)
def test_a_small_file_is_read_in_seconds_and_bounded_memory(
    tmp_path: Path, name: str, content: Callable[[], bytes], said: str, options: tuple[str, ...]
) -> None:
    (tmp_path / name).write_bytes(content())
    assert said in _read(tmp_path / name, *options)


def test_ordinary_markup_of_many_attributes_is_still_stripped(tmp_path: Path) -> None:
    page = b"<html><body>" + b"<p class='a' id=b title=\"c > d\">some text</p>\n" * 5_000 + b"</body></html>"
    (tmp_path / "a.html").write_bytes(page)
    assert _read(tmp_path / "a.html", "--strip-markup").startswith(f"1 {5_000 * 10 - 1} ")


_PATTERNS = {
    "stars in a name": ("*a" * 12 + "*b", "a" * 200),
    "folders": ("**/a/" * 30 + "b", "a/" * 100 + "a"),
    "folders and stars": ("**/*a*/" * 30 + "b", "aa/" * 100 + "a"),
    "stars in many folders": ("*a*a*a*a/" * 20 + "*b", "a" * 50 + ("/" + "a" * 50) * 30),
    "question marks and stars": ("*?" * 100 + "b", "a" * 250),
    "brackets and stars": ("*[ab]" * 60 + "c", "ab" * 120),
    "only stars": ("*" * 4000 + "b", "a" * 250),
    "stars of two": ("**" * 100 + "a**b", "a" * 250),
}


@pytest.mark.parametrize(("pattern", "path"), _PATTERNS.values(), ids=_PATTERNS)
def test_a_pattern_is_matched_without_backtracking(pattern: str, path: str) -> None:
    script = (
        f"{_LIMITED}import sys; from corpuscheck.reading.patterns import Patterns;"
        "print(*(Patterns.of([line]).verdict(sys.argv[1]) for line in sys.argv[2:]))"
    )
    done = run("-c", script, path, pattern, f"{pattern}/", f"/{pattern}", f"!{pattern}", seconds=10 * _SECONDS)
    assert done.stdout.split() == ["None"] * 4


_NAMES = ("a", "b", "ab", "ba", "a.txt", "b.txt", "foo", "aab", "c-d", "A1", "x y", "[a", "a*b", "#h", "!n", "가.txt")
_PARTS = ("a", "b", "*", "?", "[ab]", "[a-c]", ".txt", "*.", "\\*", "**", "o", "[]a]", "[a-]")


def _pattern(dice: random.Random) -> str:
    segments = (
        dice.choice((*_NAMES[:11], "**", "**", "*", "".join(dice.choices(_PARTS, k=dice.randint(1, 4)))))
        for _ in range(dice.choice((1, 1, 1, 2, 2, 3, 4)))
    )
    ends = dice.choice(("", "", "/")), dice.choice(("", "", "", "/"))
    return dice.choice(("", "", "", "!")) + ends[0] + "/".join(segments) + ends[1]


def test_patterns_say_what_pathspec_says() -> None:
    dice = random.Random(7)
    for _ in range(1500):
        lines = [_pattern(dice) for _ in range(dice.choice((1, 1, 2, 4)))]
        try:
            expected = GitIgnoreSpec.from_lines(lines)
        except ValueError:
            continue
        patterns = Patterns.of(lines)
        for _ in range(12):
            path = "/".join(dice.choices(_NAMES, k=dice.choice((1, 1, 2, 2, 3, 4))))
            assert patterns.verdict(path) == expected.check_file(path).include, (lines, path)


def test_many_patterns_say_what_pathspec_says() -> None:
    dice = random.Random(3)
    compared = 0
    for _ in range(100):
        lines = [_pattern(dice) for _ in range(60)]
        try:
            expected = GitIgnoreSpec.from_lines(lines)
        except ValueError:
            continue
        patterns = Patterns.of(lines, Effort())
        for _ in range(20):
            path = "/".join(dice.choices(_NAMES, k=dice.choice((1, 2, 3, 4))))
            assert patterns.verdict(path) == expected.check_file(path).include, (lines, path)
            compared += 1
    assert compared > 1000


def test_of_many_patterns_only_those_are_tried_whose_rarest_letters_a_path_has() -> None:
    patterns = Patterns.of([f"part-*/article-{k:04}*.txt" for k in range(2000)], Effort())
    tried = list(patterns._may_match("part-7/article-0815-x.txt"))
    assert len(tried) < 40
    assert patterns.verdict("part-7/article-0815-x.txt") is True
    assert patterns.verdict("part-7/article-8150.md") is None


def test_patterns_that_would_take_too_long_are_an_error_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patterns_module, "MOST_WORK", 10_000)
    for k in range(20):
        (tmp_path / f"{'ab' * 20}{k}.txt").write_text("some text")
    ignore = tmp_path / ".corpuscheckignore"
    ignore.write_text("\n".join(f"*{'a*' * k}c{k}" for k in range(1, 100)))
    assert len(discover([tmp_path], Reading()).sources) == 20  # no name has a c
    ignore.write_text("\n".join(f"*{'?' * k}a*{'?' * k}" for k in range(30, 100)))
    with pytest.raises(UsageError, match=r"corpuscheckignore: 70 patterns with wildcards over so many files"):
        discover([tmp_path], Reading())
    ignore.write_text("*.md\n" * 200 + "*1.txt\n")
    assert len(discover([tmp_path], Reading()).sources) == 18  # equal lines are one
    ignore.write_text("\n".join(f"*{k}?" for k in range(patterns_module.MOST_WILD + 1)))
    with pytest.raises(UsageError, match="a list has at most 10,000 patterns with wildcards"):
        discover([tmp_path], Reading())


def test_lists_in_very_many_folders_around_a_file_are_an_error(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(MOST_ABOVE + 1):
        folder = folder / "a"
        folder.mkdir()
        (folder / ".corpuscheckignore").write_text("b\n")
        (folder / "c.txt").write_text("some text")
    with pytest.raises(UsageError, match=r"over 100 \.corpuscheckignore lie in folders around it"):
        discover([tmp_path], Reading())
    (folder / ".corpuscheckignore").unlink()
    assert len(discover([tmp_path], Reading()).sources) == MOST_ABOVE + 1


def test_what_is_kept_of_each_file_is_small(tmp_path: Path) -> None:
    for k in range(2000):
        (tmp_path / f"{k}.txt").write_text("some text")
    discover([tmp_path], Reading())
    tracemalloc.start()
    found = discover([tmp_path], Reading())
    per_file, peak = (size / 2000 for size in tracemalloc.get_traced_memory())
    records = Packed.of(FileRecord, [FileRecord(s.path, text_digest=1 << 60) for s in found.sources])
    per_record = tracemalloc.get_traced_memory()[0] / 2000 - per_file
    tracemalloc.stop()
    assert per_file < 300
    assert peak < 900
    assert per_record < 150, len(records)


@pytest.mark.parametrize(
    ("line", "path", "chosen"),
    [
        ("a[!b]c", "a/c", None),  # as git has it: no bracket matches a slash
        ("[[:alpha:]]1", "x1", True),
        ("[[:digit:]]", "x", None),
        ("[a\\]b]", "]", True),
        ("[z-a]", "z", None),
        ("a/**/b", "a/x\ny/b", True),
    ],
)
def test_patterns_follow_git_where_it_is_exact(line: str, path: str, chosen: bool | None) -> None:
    assert Patterns.of([line]).verdict(path) == chosen


@pytest.mark.parametrize("line", ["a\\", "!", "a" * (LONGEST_PATTERN + 1)])
def test_what_is_no_pattern_is_refused_with_its_line(line: str, tmp_path: Path) -> None:
    with pytest.raises(PatternError) as error:
        Patterns.of(["a", line])
    assert error.value.number == 2
    (tmp_path / "a.txt").write_text("some text\n")
    (tmp_path / ".corpuscheckignore").write_text(f"b\n{line}\n")
    with pytest.raises(Exception, match="line 2 is no gitignore pattern"):
        discover([tmp_path], Reading())


def test_a_long_list_of_names_is_looked_up_not_tried(tmp_path: Path) -> None:
    patterns = Patterns.of([*(f"/folder/{k}.txt" for k in range(30_000)), "drafts/", "*.pdf"])
    assert not patterns.literals.paths.keys() & {"*.pdf"}
    assert len(patterns.wild) == 1
    assert [patterns.verdict(path) for path in ("folder/7.txt", "a/drafts/b", "a.pdf", "folder/x.txt", "drafts")] == [
        True, True, True, None, None,
    ]  # fmt: skip


_MARKS = "\u0300\u0316\u0323\u0301\u0327\u0345\u05b0\u0591"


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_normal_forms_are_those_of_python_up_to_thirty_marks(form: str) -> None:
    dice = random.Random(1)
    text = "".join(
        dice.choice("aé한가ᄒᆞᆫＡ ") + "".join(dice.choices(_MARKS, k=dice.randint(0, MOST_MARKS))) for _ in range(500)
    )
    assert normalised(form, text) == unicodedata.normalize(form, text)  # type: ignore[arg-type]


@pytest.mark.parametrize("marks", ["".join(random.Random(1).choices(_MARKS, k=200_000)), "\u0301\u0316" * 100_000])
def test_a_heap_of_marks_is_normalised_in_runs(marks: str) -> None:
    script = (
        f"{_LIMITED}import sys; from corpuscheck.text.composing import normalised;"
        "print(len(normalised('NFC', sys.stdin.read())))"
    )
    done = subprocess.run(
        quick_command("-c", script),
        input=f"a{marks}",
        capture_output=True,
        text=True,
        timeout=10 * _SECONDS,
        check=True,
    )
    assert abs(int(done.stdout) - len(marks)) < 10


_LINES = {
    "plus signs": "+" * 400_000,
    "literal line ends": "a" + "\\n" * 200_000 + "a",
    "bytes without an end": "b'" + "\\xec" * 100_000,
    "entities": "a&#54620;b " * 36_000,
    "escapes": "\\u00e9a " * 50_000,
}


@pytest.mark.few(1)
@pytest.mark.parametrize("line", _LINES.values(), ids=_LINES)
def test_escapes_of_a_long_line_are_found_in_linear_time(line: str) -> None:
    script = (
        f"{_LIMITED}import sys; from corpuscheck.reading.encodings.escapes import unescaped; "
        "print(unescaped(sys.stdin.read()) is None)"
    )
    done = subprocess.run(
        quick_command("-c", script), input=line, capture_output=True, text=True, timeout=10 * _SECONDS, check=True
    )
    assert done.stdout.strip() in ("True", "False")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("a\\n\\nB", "a\n\nB"),
        ("a\\r\\nB", "a\nB"),
        ("한\\t글", "한\t글"),
        ("a\\nb", None),
        ("b'\\xed\\x95\\x9c\\xea\\xb8\\x80'", "한글"),
    ],
)
def test_escapes_still_mean_what_they_meant(line: str, text: str | None) -> None:
    found = unescaped(line)
    assert (found and found.text) == text


def test_question_marks_between_points_are_matched_without_backtracking() -> None:
    assert _ALONE.fullmatch("?" + "." * 10_000 + "a") is None
    assert _ALONE.fullmatch("(?!.?)") is not None


@pytest.mark.thorough
def test_folders_deeper_than_a_path_can_name_are_skipped_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(2100):
        os.mkdir("a")
        os.chdir("a")
    os.chdir("/")
    try:
        found = discover([tmp_path], Reading())
    finally:
        subprocess.run(["rm", "-rf", str(tmp_path / "a")], check=True)
    assert [skipped.reason for skipped in found.skipped] == ["File name too long"]
