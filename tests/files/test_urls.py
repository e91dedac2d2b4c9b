"""URLs: which paths are ones, and that nothing which gives access is ever shown, kept or written."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from servers import Fault, Server
from support import Main, everything, korean_lines, scanned, write_files, write_vocabulary

from corpuscheck.errors import CorpuscheckError
from corpuscheck.files.stores import Asked
from corpuscheck.files.urls import is_url, local, without_secrets
from corpuscheck.profile.profile import Profile
from corpuscheck.reading.discover import discover
from corpuscheck.settings import Reading

fsspec = pytest.importorskip("fsspec")
Web = Callable[..., Server]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("s3://bucket/key", True), ("hf://datasets/a/b", True), ("https://x/y", True), ("simplecache::s3://b/k", True),
        ("C:/data", False), ("C://data", False), ("C:\\data", False), ("data/a:b", False), ("://x", False),
        ("file:///data/a", False), ("data", False), ("a b://c", False),
    ],
)  # fmt: skip
def test_what_a_url_is(path: str, expected: bool) -> None:
    assert is_url(path) == expected


def test_a_local_file_of_that_name_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_files(tmp_path, {"s3:/bucket/a.txt": "여기"}))
    assert not is_url("s3://bucket")
    assert [source.root for source in discover(["s3://bucket"], Reading()).sources] == [None]


def test_file_urls_are_local(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": "여기"})
    assert local(f"file://{tmp_path}") == str(tmp_path)
    assert [source.path for source in discover([f"file://{tmp_path}"], Reading()).sources] == [f"{tmp_path}/a.txt"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://user:pass@host/a.txt", "https://host/a.txt"),
        ("https://token@host/a.txt?x=1", "https://host/a.txt?x=1"),
        ("s3://key:secret@bucket/a", "s3://bucket/a"),
        ("abfs://container@account.dfs.core.windows.net/a", "abfs://container@account.dfs.core.windows.net/a"),
        ("hf://datasets/a/b@main/c", "hf://datasets/a/b@main/c"),
        ("https://h/a?X-Amz-Signature=1&X-Amz-Credential=2%2F3&b=4", "https://h/a?b=4"),
        ("https://h/a?b=4&X-Amz-Security-Token=1", "https://h/a?b=4"),
        ("https://h/a?sv=1&sig=abc%3D&se=2", "https://h/a?sv=1&se=2"),
        ("https://h/a?token=x#part", "https://h/a#part"),
        ("https://h/a?access_token=x&api_key=y&Expires=3", "https://h/a"),
        (
            "got 403, url='https://u:p@h/a?token=x', and https://h/b?sig=1.",
            "got 403, url='https://h/a', and https://h/b",
        ),
        ("/a?X-Goog-Signature=1&alt=media", "/a?alt=media"),
        ("a = b & c", "a = b & c"),
        ("no address", "no address"),
    ],
)
def test_what_gives_access_is_not_shown(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


SECRETS = ("hunter2", "SIGNATURE", "TOKEN")


def signed(server: Server, name: str) -> str:
    host = server.url.removeprefix("http://")
    return f"http://me:hunter2@{host}/{name}?X-Amz-Signature=SIGNATURE&token=TOKEN&part=1"


@pytest.mark.thorough
def test_nothing_that_gives_access_is_in_what_is_written(
    web: Web, run_main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CORPUSCHECK_NO_CACHE")
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "가나다라")
    files = {"a.jsonl.gz": gzip.compress(b'{"text": "\xea\xb0\x80"}\n'), "vocab.txt": Path(vocabulary).read_bytes()}
    server = web(files)
    out = tmp_path / "out"
    out.mkdir()
    formats = ["text", "json", "markdown", "sarif", "junit", "gitlab", "github", "concise"]
    status, stdout, stderr = run_main(
        "scan", signed(server, "a.jsonl.gz"), "--tokenizer", signed(server, "vocab.txt"), "--save", out / "p.ccp", "-v",
        "--full", "--files", out / "files", "--cache-dir", out / "cache", *(f"--output={f}={out / f}" for f in formats),
    )  # fmt: skip
    assert status in (0, 1), stderr
    written = [stdout, stderr, *(p.read_bytes().decode("latin-1") for p in out.rglob("*") if p.is_file())]
    written += [json.dumps(Profile.load(str(out / "p.ccp")).about)]
    assert not [secret for secret in SECRETS for text in written if secret in text]
    assert json.loads((out / "files").read_text("utf-8"))["path"] == f"{server.url}/a.jsonl.gz?part=1"
    assert any("X-Amz-Signature=SIGNATURE" in request.target for request in server.requests)


@pytest.mark.few(1)
@pytest.mark.parametrize("fault", [{"status": 403}, {"status": 404}, {"status": 503}, {"cut": 5}], ids=str)
@pytest.mark.parametrize("what", ["paths", "--tokenizer", "--baseline", "--save", "--output", "--save-tokenizer"])
def test_nothing_that_gives_access_is_in_an_error(
    web: Web, run_main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, fault: dict[str, int]
) -> None:
    monkeypatch.setenv("CORPUSCHECK_DEBUG", "1")
    text = str(write_files(tmp_path, {"corpus/a.txt": "가나다"}) / "corpus")
    server = web({"a.txt": b"x" * 1000})
    server.faults = [Fault("", "GET|HEAD|PUT|POST", **fault)]  # type: ignore[arg-type]
    url = signed(server, "a.txt")
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "가나다라")
    given = ["--tokenizer", vocabulary] if what not in ("--tokenizer", "--save-tokenizer") else []
    status, stdout, stderr = run_main("scan", *([url] if what == "paths" else [text, what, url]), *given, "-q")
    written = what in ("--save", "--output") and "cut" in fault  # the server had it all when the connection dropped
    assert status in ((0, 1) if written else (2,)), stderr
    assert not [secret for secret in SECRETS if secret in stdout + stderr]


@pytest.mark.thorough
def test_outputs_and_inputs_can_be_urls(s3: Server, run_main: Main, tmp_path: Path) -> None:
    folder = write_files(tmp_path, {"corpus/a.txt": "\n".join(korean_lines(50))}) / "corpus"
    out = "s3://bucket/out"
    status, stdout, stderr = run_main(
        "scan", folder, "--save", f"{out}/p.ccp", "--output", f"json={out}/r.json", "--files", f"{out}/f.jsonl",
        "--save-tokenizer", f"{out}/tokenizer", "--format", "json", "-q",
    )  # fmt: skip
    assert status in (0, 1), stderr
    system = fsspec.filesystem("s3")
    assert system.cat_file("bucket/out/r.json").decode() == stdout
    assert {name.rpartition("/")[2] for name in system.ls("bucket/out/tokenizer")} == {
        "tokenizer.json", "vocab.txt", "tokenizer_config.json",
    }  # fmt: skip
    again = scanned(folder, tokenizer=f"{out}/tokenizer", baseline=f"{out}/p.ccp")
    assert again.artefact.source == f"{out}/tokenizer/tokenizer.json"
    one = scanned(folder, tokenizer=f"{out}/tokenizer/vocab.txt")
    assert one.artefact.source == f"{out}/tokenizer/vocab.txt"
    assert run_main("merge", f"{out}/p.ccp", "-o", f"{out}/sum.ccp")[0] == 0
    assert run_main("report", f"{out}/sum.ccp", "-q")[0] == status


@pytest.mark.thorough
def test_a_tokenizer_is_saved_whole_or_not_at_all(s3: Server, run_main: Main, tmp_path: Path) -> None:
    folder = write_files(tmp_path, {"corpus/a.txt": "\n".join(korean_lines(50))}) / "corpus"
    system = fsspec.filesystem("s3")
    system.pipe_file("bucket/t/vocab.txt", b"the old one")
    s3.faults = [Fault("/t/tokenizer_config.json", "PUT", status=403)]
    status, _, stderr = run_main("scan", folder, "--save-tokenizer", "s3://bucket/t", "-q")
    said = "corpuscheck: s3://bucket/t: the tokenizer cannot be saved there (permission denied)\n"
    assert (status, stderr) == (2, said)
    assert system.cat_file("bucket/t/vocab.txt") == b"the old one"
    assert system.ls("bucket/t") == ["bucket/t/vocab.txt"]


def test_stores_where_files_are_written_bit_by_bit_get_them_by_a_new_name(tmp_path: Path) -> None:
    from corpuscheck.files import putting

    system = fsspec.filesystem("local", auto_mkdir=True)
    putting._put(system, str(tmp_path / "a.json"), b"{}", Asked("a.json"))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.json", b"{}")]


def test_a_cache_lies_here(run_main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CORPUSCHECK_NO_CACHE")
    write_files(tmp_path, {"a.txt": "x"})
    status, _, stderr = run_main("scan", tmp_path, "--cache-dir", "s3://bucket/cache")
    assert (status, stderr) == (
        2, "corpuscheck: --cache-dir s3://bucket/cache: a cache lies on this machine: name a folder of it\n",
    )  # fmt: skip


def test_the_cache_knows_what_has_not_changed_in_a_store(
    s3: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = fsspec.filesystem("s3")
    for name in "ab":
        system.pipe_file(f"bucket/x/{name}.txt", "\n".join(korean_lines(40, ord(name))).encode())
    options: dict[str, Any] = {
        "cache": str(tmp_path / "cache"),
        "tokenizer": write_vocabulary(tmp_path / "vocab.txt", "가나다라"),
    }
    monkeypatch.setattr("corpuscheck.running.units._MOST_BUNDLES", 1)
    first = scanned("s3://bucket/x", **options)
    s3.requests.clear()
    second = scanned("s3://bucket/x", **options)
    assert everything(second) == everything(first)
    assert second.cache is not None
    assert second.cache.known == 2
    assert not s3.asked("GET", "/x/")
    system.pipe_file("bucket/x/b.txt", "\n".join(korean_lines(40, 9)).encode())
    third = scanned("s3://bucket/x", **options)
    assert third.cache is not None
    assert third.cache.read
    assert everything(third) == everything(scanned("s3://bucket/x", tokenizer=options["tokenizer"]))


@pytest.mark.parametrize("key", ["save", "files", "save-tokenizer", "output", "cache-dir"])
def test_a_configuration_that_was_found_writes_to_no_url(
    run_main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    value = '["json=memory://out"]' if key == "output" else '"memory://out"'
    monkeypatch.chdir(write_files(tmp_path, {"corpuscheck.toml": f"{key} = {value}\n", "a.txt": "가"}))
    status, _, stderr = run_main("scan", "a.txt")
    assert status == 2
    assert f"{key}: memory://out is no place in the folder of this file" in stderr


def test_a_configuration_names_urls_and_the_hub_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from corpuscheck import configuration

    text = 'paths = ["memory://corpus", "data"]\ntokenizer = "klue/bert-base@main"\n'
    write_files(tmp_path, {"corpuscheck.toml": text, "below/a.txt": "x"})
    monkeypatch.chdir(tmp_path / "below")
    found = configuration.load(tmp_path / "corpuscheck.toml", ["paths", "tokenizer"], named=False)
    assert found.values == {"paths": ["memory://corpus", "../data"], "tokenizer": "klue/bert-base@main"}
    write_files(tmp_path, {"klue/bert-base@main/vocab.txt": "x"})
    found = configuration.load(tmp_path / "corpuscheck.toml", ["paths", "tokenizer"], named=False)
    assert found.values["tokenizer"] == "../klue/bert-base@main"


def test_an_address_that_does_not_answer_for_a_profile(run_main: Main) -> None:
    with pytest.raises(CorpuscheckError, match=r"memory://none\.ccp: cannot be read"):
        Profile.load("memory://none.ccp")


def test_addresses_that_differ_in_what_is_not_shown_are_two_files(web: Web) -> None:
    server = web({"a.txt": b"one", "b.txt": b"two"})
    one, other = f"{server.url}/a.txt?token=1", f"{server.url}/a.txt?token=2"
    found = discover([one, other, one, f"{server.url}/b.txt"], Reading())
    names = [source.path.removeprefix(server.url) for source in found.sources]
    assert sorted(names) == ["/a.txt", "/a.txt#2", "/b.txt"]
