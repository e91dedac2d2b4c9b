"""What holds for all tests, and a sample that several of them estimate from."""

from __future__ import annotations

import gc
import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import laws
import prepared
import pytest
from compiled_once import compile_once
from servers import Server, files_by_http, forwarded_to, serving
from support import Main, Outcome, korean_lines, run, write_files, write_vocabulary

from corpuscheck.cli import main
from corpuscheck.files import stores

if "PYTEST_XDIST_WORKER" in os.environ:
    compile_once()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--thorough", action="store_true", help="more examples and cases of each kind")


def pytest_configure(config: pytest.Config) -> None:
    laws.thorough = config.getoption("--thorough")
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        prepared.start_for_workers()


def pytest_xdist_auto_num_workers() -> int:
    """More than there are cores: some tests wait for other processes."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + (cores + 1) // 2


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Further cases of what other tests have, or other cases, are for `--thorough`."""
    if laws.thorough:
        return
    further = {item for item in items if item.get_closest_marker("thorough")}
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item not in further:
            cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for each in cases.values():
        if marker := each[0].get_closest_marker("few"):
            further.update(set(each).difference(laws.spread(each, *marker.args)))
    if further:
        config.hook.pytest_deselected(items=list(further))
        items[:] = [item for item in items if item not in further]


def pytest_collection_finish() -> None:
    """All tests of the suite are many objects: they are not looked through for garbage, nor copied where it forks."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _nothing_kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Commands keep no cache in the repository unless a test asks for one, and no secret in the home folder."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CORPUSCHECK_NO_CACHE", "1")
        patched.delenv("CORPUSCHECK_CACHE_SECRET", raising=False)
        patched.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / "state"))
        yield


@pytest.fixture
def estimating(run_main: Main) -> Main:
    """The estimate command in this process: (exit status, stdout, stderr)."""
    return lambda *arguments: run_main("estimate", *arguments)


@pytest.fixture
def run_main(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Main:
    """The same entry point as the command, in this process: (exit status, stdout, stderr)."""

    def call(*arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["corpuscheck", *map(str, arguments)])
        status = 0
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        sys.stdout.flush()
        return status, *capfd.readouterr()

    return call


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 documents, each on a line, one in three with a character of its own."""
    dice = random.Random(4)
    rare = iter(chr(cp) for cp in range(0x4E00, 0x5E00))
    lines = [line + (f" {next(rare)}글" if dice.random() < 1 / 3 else "") for line in korean_lines(400, 3, 30)]
    return write_files(tmp_path_factory.mktemp("sample"), {"sample.txt": "\n".join(lines)})


@pytest.fixture(scope="session")
def profile(sample: Path) -> Path:
    """The same, scanned and saved."""
    path = sample.parent / f"{sample.name}.ccp"
    done = run("scan", sample, "--document", "line", "--save", path, "-q", "--no-cache")
    assert done.returncode in (0, 1), done.stderr
    return path


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Five small files, each of a line."""
    return write_files(tmp_path / "corpus", {f"{n}.txt": line for n, line in enumerate(korean_lines(5))})


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    """A tokenizer that knows four characters, and a cache."""
    return {"tokenizer": write_vocabulary(tmp_path / "vocab.txt", "가나다라"), "cache": str(tmp_path / "cache")}


_KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIDexample", "AWS_SECRET_ACCESS_KEY": "verysecretkey", "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_MAX_ATTEMPTS": "1",
}  # fmt: skip


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has to be asked for again is asked for at once."""
    monkeypatch.setattr(stores, "_FIRST_WAIT", 0.01)


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The address of an S3 store."""
    pytest.importorskip("s3fs", reason="needs corpuscheck[s3]")
    moto = pytest.importorskip("moto.server", reason="needs moto[server]")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(moto: str, hurried: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A store with the bucket "bucket", which is forgotten with the test, behind whatever faults the test puts in."""
    import fsspec
    import s3fs

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with serving(forwarded_to(moto)) as server:
        for name, value in {**_KEYS, "AWS_ENDPOINT_URL": server.url}.items():
            monkeypatch.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()
        fsspec.filesystem("s3").mkdir("bucket")
        yield server
        server.faults.clear()
        fsspec.filesystem("s3").rm("bucket", recursive=True)
        s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def web(hurried: None) -> Iterator[Callable[..., Server]]:
    """Serves files by HTTP: `web(files, ranges=False)` gives the server."""
    pytest.importorskip("aiohttp", reason="needs corpuscheck[http]")
    with ExitStack() as open_servers:
        yield lambda files, **how: open_servers.enter_context(serving(files_by_http(files, **how)))
