"""A configuration file that was found, and not named, is obeyed where it belongs, and writes beside itself alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support import Main, korean_lines, scanned, write_files, write_vocabulary

from corpuscheck import configuration
from corpuscheck.configuration import find
from corpuscheck.files import trust

AS_ROOT = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
NOT_ON_WINDOWS = pytest.mark.skipif(os.name == "nt", reason="links and owners are others there")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a repository in a folder that is not ours, with a folder of text."""
    write_files(tmp_path / "above" / "project", {"data/a.txt": "가나 다라", "sub/deep/x": ""})
    monkeypatch.chdir(tmp_path / "above" / "project")
    monkeypatch.delenv("CORPUSCHECK_NO_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "above" / "project"


def jobs(run_main: Main, *arguments: str) -> tuple[str, str]:
    """How many are in force, and what standard error says."""
    status, out, err = run_main("scan", "--show-config", *arguments)
    assert status == 0
    return next(line.split()[1] for line in out.splitlines() if line.startswith("jobs ")), err


# where the search ends


@pytest.mark.parametrize("git", ["a folder", "a file"])
@pytest.mark.parametrize("name", ["corpuscheck.toml", "pyproject.toml"])
def test_the_root_of_a_repository_ends_the_search(git: str, name: str, project: Path, run_main: Main) -> None:
    text = "jobs = 77\n" if name == "corpuscheck.toml" else "[tool.corpuscheck]\njobs = 77\n"
    write_files(project.parent, {name: text})
    assert jobs(run_main)[0] == "77"
    if git == "a folder":
        (project / ".git").mkdir()
    else:
        write_files(project, {".git": "gitdir: ../elsewhere"})
    for folder in (project, project / "sub", project / "sub" / "deep"):
        os.chdir(folder)
        assert jobs(run_main) != ("77", "")
    write_files(project, {name: text.replace("77", "78")})
    assert jobs(run_main) == ("78", "")  # from a folder below


def test_the_home_folder_ends_the_search(project: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(project.parent, {"corpuscheck.toml": "jobs = 77"})
    monkeypatch.setenv("HOME", str(project))
    assert jobs(run_main)[0] != "77"
    write_files(project, {"corpuscheck.toml": "jobs = 78"})
    os.chdir(project / "sub")
    assert jobs(run_main)[0] == "78"


# whose it is


@AS_ROOT
@pytest.mark.parametrize("name", ["corpuscheck.toml", "pyproject.toml"])
@pytest.mark.parametrize("place", ["project", "above"])
def test_a_file_of_another_user_is_passed_over_and_told(name: str, place: str, project: Path, run_main: Main) -> None:
    folder = project if place == "project" else project.parent
    write_files(folder, {name: "[tool.corpuscheck]\njobs = 77" if name == "pyproject.toml" else "jobs = 77"})
    os.chown(folder / name, 4711, 4711)
    found, err = jobs(run_main)
    assert found != "77"
    assert err == f"{'' if place == 'project' else '../'}{name} is not obeyed: another user owns it\n"
    assert jobs(run_main, "--config", str(folder / name)) == ("77", "")  # it was named


@AS_ROOT
def test_a_link_to_a_file_of_another_user_is_passed_over(project: Path, run_main: Main) -> None:
    write_files(project.parent, {"theirs.toml": "jobs = 77"})
    os.chown(project.parent / "theirs.toml", 4711, 4711)
    (project / "corpuscheck.toml").symlink_to("../theirs.toml")
    assert "another user owns it" in jobs(run_main)[1]


@AS_ROOT
def test_the_superuser_of_a_container_obeys_the_owner_of_the_present_folder(project: Path, run_main: Main) -> None:
    write_files(project, {"corpuscheck.toml": "jobs = 77"})
    for path in (project, project / "corpuscheck.toml"):
        os.chown(path, 4711, 4711)
    assert jobs(run_main) == ("77", "")


def test_anybody_but_this_user_and_the_superuser_is_another(
    project: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(project, {"corpuscheck.toml": "jobs = 77"})
    monkeypatch.setattr(trust, "user", lambda: 4711)
    monkeypatch.setattr(configuration, "user", lambda: 4711)
    owner = (project / "corpuscheck.toml").stat().st_uid
    assert (jobs(run_main)[0] == "77") == (owner == 0)


@NOT_ON_WINDOWS
def test_what_lies_in_a_folder_for_everybody_is_passed_over(project: Path, run_main: Main) -> None:
    """As in /tmp; in the present folder it is the user who has chosen to be there."""
    write_files(project.parent, {"corpuscheck.toml": "jobs = 77", "pyproject.toml": "[tool.corpuscheck]\njobs = 78"})
    for mode in (0o777, 0o1777):
        project.parent.chmod(mode)
        found, err = jobs(run_main)
        assert found not in ("77", "78")
        assert err == "".join(
            f"../{name} is not obeyed: everybody can write to its folder\n"
            for name in ("corpuscheck.toml", "pyproject.toml")
        )
    os.chdir(project.parent)
    assert jobs(run_main) == ("77", "")


@NOT_ON_WINDOWS
def test_a_file_that_everybody_can_write_to_is_passed_over(project: Path, run_main: Main) -> None:
    write_files(project, {"corpuscheck.toml": "jobs = 77"})
    (project / "corpuscheck.toml").chmod(0o666)
    assert jobs(run_main)[1] == "corpuscheck.toml is not obeyed: everybody can write to it\n"


def test_a_planted_file_decides_nothing(project: Path, run_main: Main) -> None:
    """In a folder that everybody can write to, such as /tmp, above the repository."""
    write_files(project.parent, {"corpuscheck.toml": 'fail-on = "never"\noutput = ["../precious.txt"]\n'})
    write_files(project.parent.parent, {"precious.txt": "precious"})
    (project / ".git").mkdir()
    vocabulary = write_vocabulary(project / "v.txt", "가")
    assert run_main("scan", "data", "--tokenizer", vocabulary)[0] == 1
    assert (project.parent.parent / "precious.txt").read_text() == "precious"


@pytest.mark.parametrize("content", ["a = " + "[" * 100_000, "x" * 2_000_000, "\0", "= ="])
def test_a_file_that_is_no_configuration_is_one_line_and_status_2(content: str, project: Path, run_main: Main) -> None:
    write_files(project, {"corpuscheck.toml": content})
    status, out, err = run_main("scan", "data")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("corpuscheck: corpuscheck.toml: cannot be read (")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_pipe_is_not_waited_for(project: Path, run_main: Main) -> None:
    os.mkfifo(project / "corpuscheck.toml")
    assert find(project) == (None, ())
    assert "not a regular file" in run_main("scan", "data", "--config", "corpuscheck.toml")[2]


# what it writes

WRITTEN = ("save", "files", "save-tokenizer", "output", "cache-dir")
OUTSIDE = (
    "../precious.txt",
    "{}/precious.txt",
    "sub/../../precious.txt",
    "link/precious.txt",
    "out.txt",
    "..",
    "/dev/null",
)


def _line(key: str, place: str) -> str:
    return f'\n{key} = ["{place}"]\n' if key == "output" else f'\n{key} = "{place}"\n'


@NOT_ON_WINDOWS
@pytest.mark.parametrize("key", WRITTEN)
@pytest.mark.parametrize("place", [*OUTSIDE, "json=../precious.txt"])
def test_what_is_written_lies_beside_a_file_that_was_found(key: str, place: str, project: Path, run_main: Main) -> None:
    if "=" in place and key != "output":
        return
    write_files(project.parent, {"precious.txt": "precious", "elsewhere/x": ""})
    (project / "link").symlink_to("../elsewhere")
    (project / "out.txt").symlink_to("../precious.txt")
    vocabulary = write_vocabulary(project / "v.txt", "가나다라")
    write_files(project, {"corpuscheck.toml": _line(key, place.format(project.parent))})
    for folder in (project, project / "sub"):
        os.chdir(folder)
        status, _, err = run_main("scan", str(project / "data"), "--tokenizer", vocabulary)
        assert status == 2
        assert f"corpuscheck.toml:2: {key}: " in err
        assert f"lies outside of the folder of this file, which was found and not named: give --{key} on the" in err
    assert (project.parent / "precious.txt").read_text() == "precious"
    assert [path.name for path in (project.parent / "elsewhere").iterdir()] == ["x"]


@pytest.mark.parametrize("key", WRITTEN)
@pytest.mark.parametrize("place", [".git/hooks/pre-commit", ".git", "sub/.GIT/config"])
def test_what_belongs_to_git_is_not_written(key: str, place: str, project: Path, run_main: Main) -> None:
    write_files(project, {"corpuscheck.toml": _line(key, place), ".git/config": "x"})
    status, _, err = run_main("scan", "data")
    assert (status, "belongs to git" in err) == (2, True)


@pytest.mark.parametrize("key", WRITTEN)
def test_what_is_named_writes_where_it_says(key: str, project: Path, run_main: Main) -> None:
    vocabulary = write_vocabulary(project / "v.txt", "가나다라")
    write_files(project, {"ci/c.toml": _line(key, "../../out" if key != "output" else "json=../../out")})
    assert run_main("scan", "data", "--tokenizer", vocabulary, "--config", "ci/c.toml")[0] == 0
    assert (project.parent / "out").exists()


def test_the_command_line_and_the_environment_write_anywhere(
    project: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    vocabulary = write_vocabulary(project / "v.txt", "가나다라")
    monkeypatch.setenv("CORPUSCHECK_OUTPUT", "json=../r.json")
    assert run_main("scan", "data", "--tokenizer", vocabulary, "--save", "../p.ccp")[0] == 0
    assert (project.parent / "r.json").is_file()
    assert (project.parent / "p.ccp").is_file()


# a change of the configuration at the gate


SETTINGS = {
    'fail-on = "never"': "fail-on was the default, is never",
    "max-unk-rate = 0.5": "max-unk-rate was the default, is 0.5",
    'min-size = "1kB"': "min-size was the default, is 1000",
    "[rules.CC301]\nlimit = 0.5": "max-unk-rate was the default, is 0.5",
    '[rules.unk-rate]\nseverity = "info"': "rules.CC301.severity was the default, is info",
    "[rules.CC709]\nlimit = 99": "rules.CC709.limit was the default, is 99",
    'ignore = ["CC7", "CC709"]': "ignore was the default, is CC7, CC709",
    'select = ["CC1"]': "select was the default, is CC1",
    "strict = true": "strict was the default, is true",
}


@pytest.mark.few(1)
@pytest.mark.parametrize("text", SETTINGS)
def test_a_change_that_changes_the_configuration_too_is_told(text: str, project: Path, run_main: Main) -> None:
    write_files(project, {"data/b.txt": "\n".join(korean_lines(30))})
    vocabulary = write_vocabulary(project / "v.txt", sorted(set("".join(korean_lines(30)))))
    scan = ["scan", "data", "--tokenizer", vocabulary, "--format", "concise"]
    assert run_main(*scan, "--save", "base.ccp")[0] == 0
    told = "CC709 info other-settings: this change also changes the configuration that the baseline was judged by: "
    assert "CC709" not in run_main(*scan, "--baseline", "base.ccp")[1]
    write_files(project, {"corpuscheck.toml": text})
    assert told + SETTINGS[text] + "\n" in run_main(*scan, "--baseline", "base.ccp", "--save", "new.ccp")[1]
    assert told + SETTINGS[text] + "\n" in run_main("diff", "base.ccp", "base.ccp", "--format", "concise")[1]
    assert "CC709" not in run_main(*scan, "--baseline", "new.ccp")[1]
    (project / "corpuscheck.toml").unlink()
    assert "is the default" in run_main(*scan, "--baseline", "new.ccp")[1]


@pytest.mark.thorough
def test_a_change_that_changes_a_list_of_what_is_left_out_is_told(project: Path, run_main: Main) -> None:
    write_files(project, {f"data/{k}.txt": "\n".join(korean_lines(30)) for k in "bc"})
    vocabulary = write_vocabulary(project / "v.txt", sorted(set("".join(korean_lines(30)))))
    scan = ["scan", "data", "--tokenizer", vocabulary, "--format", "concise"]
    assert run_main(*scan, "--save", "none.ccp")[0] == 0
    told = "CC709 info other-settings: this change also changes the configuration that the baseline was judged by: "

    write_files(project, {"data/.corpuscheckignore": "c.*\n"})
    out = run_main(*scan, "--baseline", "none.ccp", "--save", "one.ccp")[1]
    assert f"{told}data/.corpuscheckignore was not there, leaves out 1 file\n" in out
    assert "CC709" not in run_main(*scan, "--baseline", "one.ccp")[1]

    write_files(project, {"data/.corpuscheckignore": "*.txt\n!a.txt\n"})
    out = run_main(*scan, "--baseline", "one.ccp", "--ignore", "CC7")[1]
    assert "data/.corpuscheckignore was another and left out 1 file, leaves out 2 files\n" in out

    (project / "data/.corpuscheckignore").unlink()
    write_files(project, {".corpuscheckignore": "nothing"})
    out = run_main(*scan, "--baseline", "one.ccp")[1]
    assert ".corpuscheckignore was not there, leaves out 0 files; data/.corpuscheckignore is no longer there\n" in out


@pytest.mark.few(3)
@pytest.mark.parametrize("said", ["", "several", "[1]", "{", '{"a": 1}', '{"a": [1]}', '{"a": ["b", "c"]}'])
def test_a_baseline_that_does_not_say_what_was_left_out(said: str, project: Path, run_main: Main) -> None:
    write_files(project, {"data/.corpuscheckignore": "c.*\n"})
    scan = scanned(project / "data", tokenizer=write_vocabulary(project / "v.txt", "가나다라"))
    scan.result.profile.about["left out by"] = said
    scan.result.profile.save(str(project / "base.ccp"))
    status, out, _ = run_main("diff", "base.ccp", "base.ccp", "--format", "concise")
    assert (status, "CC709" in out) == (0, False)


@pytest.mark.few(3)
@pytest.mark.parametrize("said", ["", "several", "[1]", "{", '{"fail-on": 7}'])
def test_a_baseline_that_does_not_say_is_none_to_differ_from(said: str, project: Path, run_main: Main) -> None:
    scan = scanned(project / "data", tokenizer=write_vocabulary(project / "v.txt", "가나다라"))
    scan.result.profile.about["judged by"] = said
    scan.result.profile.save(str(project / "base.ccp"))
    status, out, _ = run_main("diff", "base.ccp", "base.ccp", "--format", "concise")
    assert status == 0
    assert ("CC709" in out) == (said == '{"fail-on": 7}')
