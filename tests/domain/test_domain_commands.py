"""reference build, scan --reference, compare for profiles: as a user meets them."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from support import Main, run, write_files
from test_domain import LAW, documents

from corpuscheck.domain.reference import Reference
from corpuscheck.profile.profile import Profile


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three general sources, law, and a reference of the three with a tokenizer of its own."""
    texts = {f"g{k}.txt": "\n".join(documents(k, 250, 1, own=0.2)) for k in (1, 2, 3)}
    made = write_files(tmp_path_factory.mktemp("domain"), {**texts, "law.txt": "\n".join(LAW)})
    done = run("reference", "build", "general", *texts, "--document", "line", "--vocab-size", "2000", cwd=made)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 sources of general text, 0.")
    return made


@pytest.fixture(autouse=True)
def _here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


def test_scan_says_how_far_it_is(run_main: Main) -> None:
    arguments = ("law.txt", "--document", "line", "--reference", "general.ccp", "-q")
    status, out, err = run_main("scan", *arguments, "--format", "json", "--save", "law.ccp")
    assert (status, err) == (0, "")
    document = json.loads(out)
    schema = json.loads((files("corpuscheck.reports") / "schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(document)
    found = document["domain"]["reference"]
    assert (found["name"], found["standing"]) == ("general", "specific")
    assert found["share_differing_at_least"] > 0.9
    assert found["tokens_per_word"]["general"] > found["tokens_per_word"]["own"] >= 1
    assert found["tokens_per_word"]["on_general_text"] >= 1
    assert [script["name"] for script in document["domain"]["scripts"]] == ["Hangul"]
    assert run_main("report", "law.ccp", "--reference", "general.ccp", "--format", "json")[1] == out
    text = run_main("report", "law.ccp", "--reference", "general.ccp", "--full")[1]
    assert "Is it really this domain?  yes" in text
    assert "times as far from general text as 3 general sources are from each other" in " ".join(text.split())
    assert "not known without a reference" in run_main("report", "law.ccp")[1]


def test_general_text_is_a_warning_and_can_fail_the_gate(run_main: Main) -> None:
    write_files(Path(), {"more.txt": "\n".join(documents(4, 250, 1, own=0.2))})
    arguments = ("scan", "more.txt", "--document", "line", "--select", "CC6", "--format", "concise", "-q")
    status, out, _ = run_main(*arguments, "--reference", "general.ccp")
    assert status == 0
    assert "CC601" in out
    assert run_main(*arguments, "--reference", "general.ccp", "--fail-on", "warning")[0] == 1
    assert "CC601" not in run_main(*arguments, "--reference", "general.ccp", "--limit", "CC601=0.01")[1]
    status, out, _ = run_main(*arguments[:-3], "-q")
    assert "CC601, CC602 not judged: there is no reference" in out
    assert "CC6" not in run_main("scan", "more.txt", "--document", "line", "-q")[1]


def test_a_reference_can_be_set_in_the_file(run_main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Path.cwd()
    write_files(tmp_path, {"corpuscheck.toml": f'reference = ["{place / "general.ccp"}"]\n'})
    monkeypatch.chdir(tmp_path)
    out = run_main("scan", str(place / "law.txt"), "--document", "line", "--format", "json", "-q")[1]
    assert json.loads(out)["domain"]["reference"]["name"] == "general"


def test_a_changed_reference_is_another_answer_from_the_cache(run_main: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CORPUSCHECK_NO_CACHE")
    scan = ("scan", "law.txt", "--document", "line", "--format", "json", "--cache-dir", "kept", "-q")
    alone = json.loads(run_main(*scan)[1])
    assert alone["domain"]["reference"] is None
    first = run_main(*scan, "--reference", "general.ccp")[1]
    assert json.loads(first)["domain"]["reference"]["tokens_per_word"]
    assert run_main(*scan, "--reference", "general.ccp")[1] == first
    done = run_main(
        "reference", "build", "other", "g1.txt", "g2.txt", "--document", "line", "--vocab-size", "900", "-q"
    )
    assert done == (0, "", "")
    other = json.loads(run_main(*scan, "--reference", "other.ccp")[1])["domain"]["reference"]
    assert other["tokens_per_word"]["general"] != json.loads(first)["domain"]["reference"]["tokens_per_word"]["general"]
    assert json.loads(run_main(*scan)[1]) == alone


def test_a_reference_of_saved_profiles(run_main: Main) -> None:
    for name in ("g1", "g2"):
        assert run_main("scan", f"{name}.txt", "--document", "line", "--save", f"{name}.ccp", "-q")[0] == 0
    status, out, err = run_main("reference", "build", "two", "g1.ccp", "g2.ccp", "-o", "of-two.ccp")
    assert (status, err) == (0, "")
    assert "2 sources" in out
    two = Reference.load("of-two.ccp")
    assert [source.name for source in two.sources] == ["g1", "g2"]
    assert two.sources[0].part == Profile.load("g1.ccp").domain
    assert two.tokenizer == ""
    _, _, err = run_main("reference", "build", "one", "g1.ccp")
    assert "a single source cannot say what is ordinary" in err
    out = run_main("scan", "law.txt", "--document", "line", "--reference", "g1.ccp")[1]
    assert "not known from a single source" in out
    assert "CC601 not judged: a reference with a single source" in out


def test_compare_puts_profiles_side_by_side(run_main: Main) -> None:
    for name in ("g1", "law"):
        run_main("scan", f"{name}.txt", "--document", "line", "--save", f"{name}.ccp", "-q")
    status, out, err = run_main("compare", "law.ccp", "g1.ccp")
    assert (status, err) == (0, "")
    assert "How far are these from each other?" in out
    assert out.count("sets apart: ") == 2
    status, out, _ = run_main("compare", "law.ccp", "general.ccp", "--format", "json", "--output", "sides.json")
    document = json.loads(out)
    schema = json.loads((files("corpuscheck.reports") / "sides_schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)
    names = [side["name"] for side in document["profiles"]]
    assert names == ["law.ccp", "general: g1.txt", "general: g2.txt", "general: g3.txt"]
    assert document["profiles"][0]["ratio"] > 2
    assert Path("sides.json").read_text("utf-8") == out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("scan", "law.txt", "--reference", "none.ccp"), "none.ccp: cannot be read"),
        (("scan", "law.txt", "--reference", "law.txt"), "neither a reference nor a saved profile"),
        (("reference", "build", "x"), "Missing argument"),
        (("reference", "build", "x", "none"), "none"),
        (("reference", "build", "x", "none.ccp"), "none.ccp: cannot be read"),
        (("compare", "general.ccp"), "name two or more"),
        (("compare", "general.ccp", "general.ccp", "--train"), "no tokenizers"),
        (("compare", "general.ccp", "general.ccp", "--document", "line"), "--document is for a sample"),
    ],
)
def test_mistakes_are_told(arguments: tuple[str, ...], says: str, run_main: Main) -> None:
    status, out, err = run_main(*arguments)
    assert (status, out) == (2, "")
    assert says in err
    assert "Traceback" not in err
