"""reference build, scan --reference, compare for profiles: as a user meets them."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from support import Main, run, write_files
from test_domain import LAW, documents

from corpuscheck.domain.language_shares import attribution
from corpuscheck.domain.languages import LANGUAGES
from corpuscheck.domain.reference import Reference
from corpuscheck.domain.shipped import shipped
from corpuscheck.profile.profile import Profile


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three general sources, law, and a reference of the three with a tokenizer of its own."""
    texts = {f"g{k}.txt": "\n".join(documents(k, 250, 1, own=0.2)) for k in (1, 2, 3)}
    made = write_files(tmp_path_factory.mktemp("domain"), {**texts, "law.txt": "\n".join(LAW)})
    done = run("reference", "build", "general", *texts, "--document", "line", "--vocab-size", "2000", cwd=made)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 sources of general text (Georgian script); saved in general.ccp")
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
    found = document["domain"]
    assert (found["verdict"], found["language"], found["references"]) == ("domain", "Georgian", ["general"])
    low, high = found["distance_interval"]
    assert 0 < low < found["distance_bits"] < high
    assert found["nearest"] in {mark["name"] for mark in found["landmarks"]} == {"g1.txt", "g2.txt", "g3.txt"}
    assert sum(row["share"] for row in found["mixture"]) == pytest.approx(1, abs=0.03)
    assert found["ratio"] == pytest.approx(found["distance_bits"] / found["spread_bits"])
    assert found["share_differing_at_least"] > 0.9
    assert found["tokens_per_word"]["general"] > found["tokens_per_word"]["own"] >= 1
    assert found["tokens_per_word"]["on_general_text"] >= 1
    assert [script["name"] for script in found["scripts"]] == ["Georgian"]
    assert [(one["language"], one["verdict"]) for one in found["languages"]] == [("Georgian", "domain")]
    assert run_main("report", "law.ccp", "--reference", "general.ccp", "--format", "json")[1] == out
    text = " ".join(run_main("report", "law.ccp", "--reference", "general.ccp", "--full")[1].split())
    assert "Is it really this domain? yes" in text
    assert "bits from general Georgian script" in text
    assert "this text" in text
    alone = " ".join(run_main("report", "law.ccp")[1].split())
    assert "not known: no general text is shipped for this language" in alone


def test_general_text_is_a_warning_and_can_fail_the_gate(run_main: Main) -> None:
    write_files(Path(), {"more.txt": "\n".join(documents(2, 250, 7, own=0.2))})
    arguments = ("scan", "more.txt", "--document", "line", "--select", "CC6", "--format", "concise", "-q")
    status, out, _ = run_main(*arguments, "--reference", "general.ccp")
    assert status == 0
    assert "CC601" in out
    assert run_main(*arguments, "--reference", "general.ccp", "--fail-on", "warning")[0] == 1
    assert "CC601" not in run_main(*arguments, "--reference", "general.ccp", "--limit", "CC601=100%")[1]
    status, out, _ = run_main(*arguments[:-3], "-q")
    assert "CC601, CC602 not judged: it cannot be compared with general text" in out
    assert "CC6" not in run_main("scan", "more.txt", "--document", "line", "-q")[1]


def test_a_reference_can_be_set_in_the_file(run_main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Path.cwd()
    write_files(tmp_path, {"corpuscheck.toml": f'reference = ["{place / "general.ccp"}"]\n'})
    monkeypatch.chdir(tmp_path)
    out = run_main("scan", str(place / "law.txt"), "--document", "line", "--format", "json", "-q")[1]
    assert json.loads(out)["domain"]["references"] == ["general"]


@pytest.mark.thorough
def test_a_changed_reference_is_another_answer_from_the_cache(run_main: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CORPUSCHECK_NO_CACHE")
    scan = ("scan", "law.txt", "--document", "line", "--format", "json", "--cache-dir", "kept", "-q")
    alone = json.loads(run_main(*scan)[1])
    assert alone["domain"]["references"] == []
    first = run_main(*scan, "--reference", "general.ccp")[1]
    assert json.loads(first)["domain"]["tokens_per_word"]
    assert run_main(*scan, "--reference", "general.ccp")[1] == first
    done = run_main(
        "reference", "build", "other", "g1.txt", "g2.txt", "--document", "line", "--vocab-size", "900", "-q"
    )
    assert done == (0, "", "")
    other = json.loads(run_main(*scan, "--reference", "other.ccp")[1])["domain"]
    assert other["tokens_per_word"]["general"] != json.loads(first)["domain"]["tokens_per_word"]["general"]
    assert json.loads(run_main(*scan)[1]) == alone


@pytest.mark.thorough
def test_a_reference_of_saved_profiles(run_main: Main) -> None:
    for name in ("g1", "g2"):
        assert run_main("scan", f"{name}.txt", "--document", "line", "--save", f"{name}.ccp", "-q")[0] == 0
    status, out, err = run_main("reference", "build", "two", "g1.ccp", "g2.ccp", "-o", "of-two.ccp")
    assert (status, err) == (0, "")
    assert "2 sources" in out
    two = Reference.load("of-two.ccp")
    assert [source.name for source in two.sources] == ["g1", "g2"]
    assert two.sources[0].part == Profile.load("g1.ccp").domain.languages["Georgian"]
    assert two.tokenizer == ""
    out = run_main("scan", "law.txt", "--document", "line", "--reference", "g1.ccp")[1]
    assert "perhaps: a single body of general text cannot say what is ordinary" in " ".join(out.split())


@pytest.mark.thorough
def test_a_source_of_a_domain_is_left_out_with_a_warning(run_main: Main) -> None:
    build = ("reference", "build", "mixed", "g1.txt", "g2.txt", "g3.txt", "law.txt", "--document", "line")
    status, out, err = run_main(*build, "--vocab-size", "2000")
    assert status == 0
    assert "3 sources" in out
    assert "law.txt is left out: it is text of a domain: 0." in err
    assert [source.name for source in Reference.load("mixed.ccp").sources] == ["g1.txt", "g2.txt", "g3.txt"]
    status, out, err = run_main(*build, "--vocab-size", "2000", "--strict", "-o", "strict.ccp")
    assert (status, out) == (2, "")
    assert "law.txt is no general text" in err
    assert not Path("strict.ccp").exists()


def test_shipped_references_are_listed_with_licence_and_origin(run_main: Main) -> None:
    status, out, err = run_main("reference", "list")
    assert (status, err) == (0, "")
    assert " ".join(attribution().split()) in " ".join(out.split())
    for code, language in LANGUAGES.items():
        assert f"{language.name} ({code})" in out
        for body in shipped(code):
            assert body.name in out
            assert body.licence
            assert body.origin
            assert " ".join(f"{body.licence}; {body.origin}".split()) in " ".join(out.split())


@pytest.mark.thorough
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
