"""The command line in a process of its own, forked off one that has imported it already.

As a script it is either of both ends: `prepared.py serve SOCKET` forks commands, `prepared.py run SOCKET ARGUMENT...`
is a command, with the streams, the folder, the environment and the exit status of this process. Like Python, it takes
`-c SCRIPT ARGUMENT...` too.
"""

from __future__ import annotations

import gc
import json
import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache

AT_START = ("PYTHON", "NUMBA", "LC_", "LANG", "TOKENIZERS", "OPENBLAS", "OMP")
"""Variables that count when Python starts, or its packages are imported."""


def fits(environment: Mapping[str, str]) -> bool:
    """Whether a process with these variables may be forked off: where Python would start otherwise, it may not."""
    return hasattr(os, "fork") and not any(
        os.environ.get(name) != environment.get(name)
        for name in {*os.environ, *environment}
        if name.startswith(AT_START)
    )


@cache
def serving() -> str:
    """The socket of the process that forks, which is started when it is first asked for and ends with this one."""
    place = os.environ.get(_OF_ALL) or _start()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(place)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)  # ends as soon as it has imported everything
    return place


def start_for_workers() -> None:
    """One such process for all that will be started by this one, which need not wait until it is ready."""
    if hasattr(os, "fork"):
        os.environ[_OF_ALL] = _start()


def _start() -> str:
    place = os.path.join(tempfile.mkdtemp(prefix="corpuscheck-"), "socket")
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore::DeprecationWarning", __file__, "serve", place],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdout
    assert server.stdout.read(1) == b"1"
    _servers.append(server)
    return place


_OF_ALL = "PREPARED_SOCKET"
_servers: list[subprocess.Popen[bytes]] = []
"""Ends where nobody holds the other end of its standard input."""


def command_line() -> list[str]:
    """What to type in place of `corpuscheck`."""
    return [sys.executable, "-S", "-E", __file__, "run", serving()]


class Running:
    """A command that was started: its process can be killed, and waited for."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.pid = int(struct.unpack("!i", connection.recv(4))[0])

    def wait(self, seconds: float | None = None) -> int:
        """How it ended, as `subprocess` says it."""
        with self._connection:
            self._connection.settimeout(seconds)
            told = self._connection.recv(4)
        return int(struct.unpack("!i", told)[0]) if told else -9


def start(
    place: str, arguments: Sequence[str], streams: tuple[int, int, int], environment: Mapping[str, str], cwd: str
) -> Running:
    """Start a command."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(place)
    told = json.dumps([list(arguments), dict(environment), cwd]).encode()
    socket.send_fds(connection, [struct.pack("!I", len(told))], list(streams))
    connection.sendall(told)
    return Running(connection)


def _serve(place: str) -> None:
    server = socket.socket(socket.AF_UNIX)
    server.bind(place)
    server.listen()
    sys.stdout.write("1")  # who connects from now on waits
    sys.stdout.flush()
    _import_everything()
    gc.collect()
    gc.freeze()  # what is forked off looks through none of it
    while True:
        ready, _, _ = select.select([server.fileno(), 0], [], [])
        if 0 in ready:  # the process that started this one has ended
            shutil.rmtree(os.path.dirname(place), ignore_errors=True)
            return
        connection, _ = server.accept()
        if os.fork() == 0:
            server.close()
            _handle(connection)
        connection.close()
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _import_everything() -> None:
    """Scan and so on once, so that no command has to import or to load kernels; nothing that starts threads."""
    import contextlib
    import io

    from compiled_once import compile_once

    from corpuscheck.cli import cli

    with suppress(ImportError):
        from distributed.cli import dask_scheduler, dask_worker  # noqa: F401
    compile_once()
    with tempfile.TemporaryDirectory() as folder:
        files = {
            "text.txt": "하나 둘 셋\n",
            "text.jsonl": '{"text": "하나"}\n',
            "vocab.txt": "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n하\n##나\n",
        }
        for name, text in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
                out.write(text)
        text, records, vocabulary, profile = (
            os.path.join(folder, name) for name in ("text.txt", "text.jsonl", "vocab.txt", "p.ccp")
        )
        commands = (
            ["scan", text, "--tokenizer", vocabulary, "--cache-dir", os.path.join(folder, "cache")],
            ["scan", records, "--save", profile],
            ["report", profile],
            ["estimate", text],
            ["peek", text],
        )
        before = dict(os.environ)
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        os.environ["XDG_STATE_HOME"] = folder
        for command in commands:
            os.environ["CORPUSCHECK_NO_CACHE"] = "0" if "--cache-dir" in command else "1"
            with contextlib.redirect_stdout(io.StringIO()), suppress(SystemExit):
                cli.main([*command, "-q"], standalone_mode=False)
        os.environ.clear()
        os.environ.update(before)


def _handle(connection: socket.socket) -> None:
    """Run one command in a child of this process, and say how it ended."""
    try:
        head, streams, _, _ = socket.recv_fds(connection, 4, 3)
        if not head:  # it was only asked whether it is ready
            return
        size, told = struct.unpack("!I", head)[0], b""
        while len(told) < size:
            told += connection.recv(size - len(told))
        child = os.fork()
        if child == 0:
            connection.close()
            _become(streams, *json.loads(told))
        for stream in (0, *streams):
            os.close(stream)
        connection.sendall(struct.pack("!i", child))
        _, status = os.waitpid(child, 0)
        connection.sendall(struct.pack("!i", os.waitstatus_to_exitcode(status)))
    finally:
        os._exit(0)


def _become(streams: list[int], arguments: list[str], environment: dict[str, str], cwd: str) -> None:
    from corpuscheck.cli import main

    status = 1
    try:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = ["corpuscheck", *arguments]
        try:
            if arguments[0] == "-c":
                sys.argv = ["-c", *arguments[2:]]
                exec(arguments[1], {"__name__": "__main__"})
            else:
                main()
            status = 0
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
        import atexit

        atexit._run_exitfuncs()
        for out in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                out.flush()
    finally:
        os._exit(status)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        _serve(sys.argv[2])
    else:
        sys.exit(start(sys.argv[2], sys.argv[3:], (0, 1, 2), os.environ, os.getcwd()).wait())
