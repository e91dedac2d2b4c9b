"""The command line in a process of its own, forked off one that has imported it already.

As a script it is either of both ends: `prepared.py serve SOCKET` forks commands, `prepared.py run SOCKET ARGUMENT...`
is a command, with the streams, the folder, the environment and the exit status of this process. Like Python, it takes
`-c SCRIPT ARGUMENT...` too.
"""

from __future__ import annotations

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

AT_START = ("PYTHON", "NUMBA", "LC_", "LANG", "TOKENIZERS", "OPENBLAS", "OMP")
"""Variables that count when Python starts, or its packages are imported."""


def fits(environment: Mapping[str, str]) -> bool:
    """Whether a process with these variables may be forked off: where Python would start otherwise, it may not."""
    return hasattr(os, "fork") and not any(
        os.environ.get(name) != environment.get(name)
        for name in {*os.environ, *environment}
        if name.startswith(AT_START)
    )


def serving() -> str:
    """The socket of the process that forks, which is started when it is first asked for and ends with this one."""
    global _started  # noqa: PLW0603
    if _started is None or _started[1].poll() is not None:
        place = os.path.join(tempfile.mkdtemp(prefix="corpuscheck-"), "socket")
        server = subprocess.Popen(
            [sys.executable, "-W", "ignore::DeprecationWarning", __file__, "serve", place],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert server.stdout
        assert server.stdout.read(1) == b"1"
        _started = place, server
    return _started[0]


_started: tuple[str, subprocess.Popen[bytes]] | None = None


def command_line() -> list[str]:
    """What to type in place of `corpuscheck`."""
    return [sys.executable, "-S", "-E", __file__, "run", serving()]


def run(
    place: str, arguments: Sequence[str], streams: tuple[int, int, int], environment: Mapping[str, str], cwd: str
) -> socket.socket:
    """Start a command; the other end of the socket says how it ended."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(place)
    told = json.dumps([list(arguments), dict(environment), cwd]).encode()
    socket.send_fds(connection, [struct.pack("!I", len(told))], list(streams))
    connection.sendall(told)
    return connection


def status_of(connection: socket.socket) -> int:
    """How the command ended, as `subprocess` says it."""
    with connection:
        told = connection.recv(4)
    return int(struct.unpack("!i", told)[0]) if told else -9


def _serve(place: str) -> None:
    from corpuscheck.cli import main  # noqa: F401

    _import_everything()
    server = socket.socket(socket.AF_UNIX)
    server.bind(place)
    server.listen()
    sys.stdout.write("1")
    sys.stdout.flush()
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

    from corpuscheck.cli import cli

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
        size, told = struct.unpack("!I", head)[0], b""
        while len(told) < size:
            told += connection.recv(size - len(told))
        child = os.fork()
        if child == 0:
            connection.close()
            _become(streams, *json.loads(told))
        for stream in (0, *streams):
            os.close(stream)
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
        sys.exit(status_of(run(sys.argv[2], sys.argv[3:], (0, 1, 2), os.environ, os.getcwd())))
