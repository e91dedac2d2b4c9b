"""The report formats: golden files, and what the readers of each format ask for.

UPDATE_GOLDEN=1 writes the golden files anew; look at the difference before committing it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from results import ATTACKS, comparison, full_result, hostile_result
from support import REPOSITORY, TESTS

from corpuscheck import __version__
from corpuscheck.errors import UsageError
from corpuscheck.reports.markdown.text import prose
from corpuscheck.reports.registry import render
from corpuscheck.result.place import Place
from corpuscheck.result.result import ChangedFile, Finding, LostWord, Result
from corpuscheck.rules.registry import RULES
from corpuscheck.settings import REPORT_FORMATS, FailOn, Policy, Severity

GOLDEN = TESTS / "golden" / "formats"
ENDINGS = {"json": "json", "markdown": "md", "html": "html", "gitlab": "json", "junit": "xml", "sarif": "sarif"}
NAMES = {name: f"{name}.{ENDINGS.get(name, 'txt')}" for name in REPORT_FORMATS}


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)


@pytest.fixture
def result() -> Result:
    return full_result()


@pytest.mark.parametrize("name", REPORT_FORMATS)
def test_report_is_the_golden_one(name: str, result: Result) -> None:
    report = re.sub(rf'(["> ]){re.escape(__version__)}(["<])', r"\1VERSION\2", render(result, name).decode())
    golden = GOLDEN / NAMES[name]
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(report, "utf-8", newline="\n")
    assert report == golden.read_text("utf-8")


def test_every_format_has_a_golden_report_and_no_other() -> None:
    assert sorted(path.name for path in GOLDEN.iterdir()) == sorted(NAMES.values())


def test_unknown_format() -> None:
    with pytest.raises(UsageError, match="sarif"):
        render(full_result(), "yaml")


def _findings(count: int) -> tuple[Finding, ...]:
    place = Place("a.txt", 3, "here")
    return tuple(Finding("CC102", "invalid-bytes", "warning", f"{n}", "x", places=(place,)) for n in range(count))


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 500])
def test_github_gets_ten_annotations_at_most(result: Result, count: int) -> None:
    lines = render(replace(result, findings=_findings(count)), "github").decode().splitlines()
    assert len(lines) == min(count, 10)
    if count > 10:
        assert f"{count - 9} more findings: CC102 invalid-bytes" in lines[-1]


@pytest.mark.parametrize(("findings", "annotated"), [(1, 10), (2, 9), (9, 2), (10, 1), (11, 1), (30, 1)])
def test_github_annotates_each_copied_file_while_there_is_room(result: Result, findings: int, annotated: int) -> None:
    copied = tuple(Place(f"new/{n:02}.txt", document=1) for n in range(12))
    copies = Finding("CC708", "new-copies", "error", "copies", "take them out", places=(*copied, copied[0]))
    lines = render(replace(result, findings=(copies, *_findings(findings - 1))), "github").decode().splitlines()
    assert len(lines) == 10
    mine = [line for line in lines if "title=CC708" in line]
    assert [re.findall(r"file=(.*?),", line) for line in mine] == [[place.path] for place in copied[:annotated]]
    assert all("; in document 1" in line for line in mine)
    assert ["also in " in line for line in mine] == [True] + [False] * (annotated - 1)


@pytest.mark.parametrize(
    ("severity", "before", "annotated"),
    [("warning", None, False), ("warning", 10**3, False), ("warning", 10**9, True), ("error", None, True)],
)
def test_a_corpus_below_its_goal_is_no_annotation_unless_the_change_is_to_blame(
    result: Result, severity: Severity, before: int | None, annotated: bool
) -> None:
    below = Finding("CC201", "below-target", severity, "too little", "collect more")
    compared = result.comparison
    assert compared
    base = replace(compared.base, size=replace(compared.base.size, utf8_bytes=before or 0))
    shown = replace(result, findings=(below,), comparison=replace(compared, base=base) if before else None)
    assert ("CC201" in render(shown, "github").decode()) == annotated
    assert all("CC201" in render(shown, name).decode() for name in ("markdown", "concise", "text", "sarif", "gitlab"))


@pytest.mark.parametrize("name", ["text", "markdown", "github"])
def test_a_change_comes_first(result: Result, name: str) -> None:
    change = Finding("CC708", "new-copies", "warning", "of the change", "take them out", places=(Place("new.txt"),))
    whole = Finding("CC102", "invalid-bytes", "warning", "of the corpus", "fetch it", places=(Place("old.txt"),))
    report = render(replace(result, findings=(change, whole)), name).decode()
    assert report.index("of the change") < report.index("of the corpus")
    if name != "github":
        assert report.index("What has changed since") < report.index("Can it be read?")


PASTED = [
    ("corpuscheck peek DATA --rule CC408", "look at them: {}; leave out what is no text"),
    ("corpuscheck reference build general FOLDER…", "{} makes one"),
    ("iconv -f CP949 -t UTF-8 FILE > NEW", "save these files as UTF-8, for instance with: {}"),
    ("pip install 'corpuscheck[html]'", "read it without: {} and pass it"),
    ("git lfs pull", "Git LFS pointer: run {}"),
    ("--limit-alphabet 449", "raise it with {}: 3.1 %"),
    ("--document blank-line", "say so ({})"),
    ("--document wikiextractor", "add {}, or not"),
    ("--severity CC201=info", "or set {}"),
    ("--text-field", "name the field with {}"),
    ("--encoding", "{} forces one"),
    ("--files FILE", "{} lists each"),
    ("unicodedata.normalize('NFC', text)", "before training ({})"),
    ("my corpus/a b#1 (2).txt", "most in {} (utf-8)"),
]


@pytest.mark.parametrize(("pasted", "sentence"), PASTED)
def test_what_a_person_would_paste_is_one_code_span_in_markdown(pasted: str, sentence: str) -> None:
    assert f"`{pasted}`" in prose(sentence.format(pasted), names=["my corpus/a b#1 (2).txt"])


def test_places_are_whole_in_every_format(result: Result) -> None:
    """Paths that differ at the beginning, in the middle or at the end alone, with spaces, longer than any screen."""
    paths = [f"{a}/{'deep/' * 150}{b} of 2020/{'x' * 40}/{c}.txt" for a in "ab" for b in "ab" for c in "ab"]
    finding = Finding("CC102", "invalid-bytes", "error", f"most in {paths[0]}", "x", places=tuple(map(Place, paths)))
    shown = replace(result, findings=(finding,), comparison=None)
    for name in ("concise", "markdown", "github", "gitlab", "junit", "json"):
        report = render(shown, name).decode()
        for path in paths[:1] if name == "concise" else paths[:6]:
            assert path in report, name
    text = "".join(render(shown, "text", full=True).decode().split())
    for path in paths[:3]:
        assert path.replace(" ", "") in text


def test_a_line_has_a_colon_and_a_document_a_hash() -> None:
    places = [Place("a.md", 12), Place("a.md", document=3), Place("a.md"), Place("a.zip!/b.jsonl", document=7)]
    assert [place.named for place in places] == ["a.md:12", "a.md#3", "a.md", "a.zip!/b.jsonl#7"]


def test_what_concerns_the_corpus_points_at_its_limit(result: Result) -> None:
    assert "corpuscheck.toml:12: CC301 error unk-rate: " in render(result, "concise").decode()
    assert "::error file=corpuscheck.toml,line=12,title=CC301 unk-rate::" in render(result, "github").decode()
    assert _sarif_location(result, "CC201") == {"uri": "corpuscheck.toml", "uriBaseId": "%SRCROOT%"}


def _sarif(result: Result) -> Any:
    (run,) = json.loads(render(result, "sarif"))["runs"]
    return run


def _sarif_location(result: Result, rule: str) -> Any:
    first = next(found for found in _sarif(result)["results"] if found["ruleId"] == rule)
    return first["locations"][0]["physicalLocation"]["artifactLocation"]


@pytest.mark.parametrize("kind", ["full", "hostile", "empty"])
def test_sarif_fits_its_schema(result: Result, kind: str) -> None:
    """`tests/sarif_schema.json` has those parts of SARIF 2.1.0 that are used; $SARIF_SCHEMA may name all of it."""
    shown = {"full": result, "hostile": hostile_result(), "empty": replace(result, findings=())}[kind]
    document = json.loads(render(shown, "sarif"))
    own = TESTS / "sarif_schema.json"
    for path in (own, Path(os.environ.get("SARIF_SCHEMA", own))):
        Draft7Validator(json.loads(path.read_text("utf-8"))).validate(document)


def test_sarif_results_know_their_rules(result: Result) -> None:
    run = _sarif(result)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in RULES]
    assert all(rules[found["ruleIndex"]]["id"] == found["ruleId"] for found in run["results"])
    assert all(rule["shortDescription"]["text"].endswith(".") for rule in rules)


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/한%.txt", {"uri": "a%20b/%ED%95%9C%25.txt", "uriBaseId": "%SRCROOT%"}),
        ("./a//b.txt", {"uri": "a/b.txt", "uriBaseId": "%SRCROOT%"}),
        ("/data/a.txt", {"uri": "file:///data/a.txt"}),
        ("c:d?e#f", {"uri": "c%3Ad%3Fe%23f", "uriBaseId": "%SRCROOT%"}),
    ],
)
def test_sarif_locations(result: Result, path: str, uri: dict[str, str]) -> None:
    finding = Finding("CC102", "invalid-bytes", "warning", "x", "y", places=(Place(path),))
    assert _sarif_location(replace(result, findings=(finding,)), "CC102") == uri


@pytest.mark.parametrize(
    ("path", "file", "line", "said"),
    [
        ("corpus/more.tar.gz!/m/9.txt", "corpus/more.tar.gz", 1, "cut short; in m/9.txt:3"),
        ("corpus/more.zip!/in.tar!/9.txt", "corpus/more.zip", 1, "cut short; in in.tar!/9.txt:3"),
        ("corpus/more.zip!/", "corpus/more.zip", 3, "cut short"),
        ("corpus/wow!/9.txt", "corpus/wow!/9.txt", 3, "cut short"),
    ],
)
def test_what_annotates_files_names_the_archive_and_says_which_member(
    result: Result, path: str, file: str, line: int, said: str
) -> None:
    finding = Finding("CC707", "newly-skipped", "error", "cut short", "fetch it", places=(Place(path, 3),))
    changed = replace(result, findings=(finding,))
    (entry,) = json.loads(render(changed, "gitlab"))
    (alert,) = json.loads(render(changed, "sarif"))["runs"][0]["results"]
    where = alert["locations"][0]["physicalLocation"]
    expected = f"::error file={file},line={line},title=CC707 newly-skipped::{said}%0Afetch it\n"
    assert render(changed, "github").decode() == expected
    assert (entry["location"], entry["description"]) == ({"path": file, "lines": {"begin": line}}, said)
    assert (where["region"]["startLine"], alert["message"]["text"]) == (line, said)
    assert where["artifactLocation"]["uri"] == file.replace("!", "%21")


def test_entries_have_one_fingerprint_each_and_keep_it_when_figures_change(result: Result) -> None:
    def fingerprints(shown: Result) -> list[tuple[str, str]]:
        entries = json.loads(render(shown, "gitlab"))
        results = _sarif(shown)["results"]
        return [
            (e["fingerprint"], r["partialFingerprints"]["corpuscheck/v1"])
            for e, r in zip(entries, results, strict=True)
        ]

    before = fingerprints(result)
    assert len(set(before)) == len(before) >= 10
    other = replace(result, findings=tuple(replace(f, message="7 others", measured=7) for f in result.findings))
    assert fingerprints(other) == before


@pytest.mark.parametrize("name", ["gitlab", "sarif"])
def test_places_that_are_left_out_are_told(result: Result, name: str) -> None:
    places = tuple(Place(f"{n}.txt", n + 1) for n in range(50))
    many = replace(result, findings=tuple(replace(f, places=places) for f in _findings(400)))
    document = json.loads(render(many, name))
    texts = [e["description"] for e in document] if name == "gitlab" else [
        r["message"]["text"] for r in document["runs"][0]["results"]
    ]  # fmt: skip
    assert len(texts) == 5000
    assert texts[19].endswith("30 more places not listed")
    assert texts[-1].endswith("3,000 more remarks are left out")


@pytest.mark.parametrize(("fail_on", "failures"), [("error", 1), ("warning", 9), ("never", 0)])
def test_junit_fails_what_fails_the_gate(result: Result, fail_on: FailOn, failures: int) -> None:
    (suite,) = ET.fromstring(render(replace(result, policy=Policy(fail_on=fail_on)), "junit"))
    judged = [rule for rule in RULES if rule.needs != "benchmark"]
    assert len(suite.findall("testcase")) == int(suite.attrib["tests"]) == len(judged)
    assert len(suite.findall("testcase/failure")) == int(suite.attrib["failures"]) == failures
    assert [case.attrib["message"] for case in suite.iter("skipped")] == ["the baseline knows nothing of it"]


def test_junit_has_a_case_for_each_chosen_rule(result: Result) -> None:
    quiet = replace(result, findings=(), skipped_rules=(), policy=Policy(select=("CC2",), ignore=("CC203",)))
    (suite,) = ET.fromstring(render(quiet, "junit"))
    names = [case.attrib["name"] for case in suite]
    assert names == ["CC201 below-target", "CC202 below-minimum", "CC709 other-settings"]  # nothing leaves out the last
    assert not list(suite.iter("failure"))


@pytest.mark.thorough
def test_markdown_stays_small_and_says_what_it_leaves_out(result: Result) -> None:
    long = "".join(f"{text}\U000f0000" for text in ATTACKS) * 3
    places = tuple(Place(f"{n}{long}", n + 1, long) for n in range(60))
    compared = replace(
        comparison(),
        files=tuple(ChangedFile(f"{n}{long}", c, "utf-8", 1, 1, 1, 1, 1)
                    for n in range(2000) for c in ("added", "changed", "moved", "removed")),
        newly_lost=tuple(LostWord(f"{n}{long}", 1, long, "too long", ()) for n in range(2000)),
        new_encodings={f"{n}{long}": places for n in range(200)},
        damage=comparison().damage * 2000,
    )  # fmt: skip
    findings = tuple(Finding("CC102", "invalid-bytes", "error", long, long, places=places) for _ in range(3000))
    huge = render(replace(result, findings=findings, comparison=compared), "markdown")
    assert 100_000 < len(huge) < 1_048_576
    assert huge.count(b"more, left out here") >= 8
    assert len(huge.splitlines()) == len(huge.decode().split("\n")) - 1


@pytest.mark.parametrize("name", REPORT_FORMATS)
def test_a_result_without_findings_or_comparison(result: Result, name: str) -> None:
    quiet = replace(result, findings=(), skipped_rules=(), comparison=None, policy=Policy())
    report = re.sub("<style>.*</style>", "", render(quiet, name).decode(), flags=re.DOTALL)
    if name != "sarif":  # it lists all rules with their documentation
        assert "baseline" not in report
    assert ("READY" in report) == (name in ("text", "concise", "markdown", "html"))


@pytest.mark.thorough
def test_json_with_a_comparison_fits_the_schema(result: Result) -> None:
    schema = json.loads((files("corpuscheck.reports") / "schema.json").read_text("utf-8"))
    document = json.loads(render(result, "json"))
    validator = Draft202012Validator(schema)
    validator.validate(document)
    for key in document["comparison"]:
        assert not validator.is_valid({**document, "comparison": {**document["comparison"], key: "?"}}) or key == "name"
        short = {k: v for k, v in document["comparison"].items() if k != key}
        assert not validator.is_valid({**document, "comparison": short}), key


@pytest.mark.thorough
def test_no_report_but_the_text_needs_the_library_that_draws_on_terminals() -> None:
    modules = [
        *("json.report", "json.peek", "json.estimate", "json.comparison", "json.sides", "markdown.report"),
        *("html.report", "html.estimate", "html.comparison", "html.sides"),
        *("ci.github", "ci.gitlab", "ci.junit", "ci.sarif", "ci.concise", "terminal.rules"),
    ]
    program = (
        f"import sys, {', '.join(f'corpuscheck.reports.{name}' for name in modules)}; print('rich' in sys.modules)"
    )
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "False\n"
    )
