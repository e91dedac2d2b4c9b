"""Servers on this machine: files by HTTP, the part of the Hub's API that is used, and faults in any of them."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Headers = dict[str, str]
Answer = tuple[int, Headers, bytes]


@dataclass
class Request:
    """What a server is asked."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)


@dataclass
class Fault:
    """What goes wrong with some requests: a status in place of the answer, or an answer that ends too early.

    It happens `times` times, to requests whose method and target match, after so many of them went well. `then` is
    done each time.
    """

    target: str = ""
    method: str = "GET"
    status: int = 0
    cut: int | None = None
    times: int = 1_000_000
    after: int = 0
    headers: Headers = field(default_factory=dict)
    then: Callable[[], object] = lambda: None

    def meets(self, request: Request) -> bool:
        if not re.search(self.target, request.target) or not re.fullmatch(self.method, request.method):
            return False
        if self.after:
            self.after -= 1
            return False
        self.times -= 1
        return self.times >= 0


class Server:
    """Answers by a function, unless one of the faults happens; keeps what it was asked."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def _respond(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = Request(self.command, self.path, dict(self.headers.items()), body)
                with outer._lock:
                    outer.requests.append(request)
                    fault = next((fault for fault in outer.faults if fault.meets(request)), None)
                if fault:
                    fault.then()
                status, headers, data = answer(request) if not (fault and fault.status) else (fault.status, {}, b"no")
                headers = {**headers, **(fault.headers if fault else {})}
                self.send_response(status)
                for name, value in {"Content-Length": str(len(data)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command == "HEAD":
                    return
                if fault and fault.cut is not None:
                    self.wfile.write(data[: fault.cut])
                    self.wfile.flush()
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                self.wfile.write(data)

        for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
            setattr(Handler, f"do_{method}", Handler._respond)

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def asked(self, method: str, target: str = "") -> int:
        """How many such requests there were."""
        return sum(r.method == method and bool(re.search(target, r.target)) for r in self.requests)


@contextmanager
def serving(answer: Callable[[Request], Answer]) -> Iterator[Server]:
    server = Server(answer)
    try:
        yield server
    finally:
        server.close()


def etag(data: bytes) -> str:
    return f'"{hashlib.md5(data).hexdigest()}"'


def part_of(data: bytes, request: Request, headers: Headers) -> Answer:
    """A file, or the range of it that is asked for."""
    headers = {**headers, "ETag": headers.get("ETag", etag(data)), "Accept-Ranges": "bytes"}
    wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range") or request.headers.get("range") or "")
    if not wanted:
        return 200, headers, data
    start, stop = int(wanted[1]), min(len(data), int(wanted[2] or len(data) - 1) + 1)
    if start >= len(data):
        return 416, headers, b""
    return 206, {**headers, "Content-Range": f"bytes {start}-{stop - 1}/{len(data)}"}, data[start:stop]


def files_by_http(files: Mapping[str, bytes], ranges: bool = True, sizes: bool = True) -> Callable[[Request], Answer]:
    """A plain server, with or without ranges, and with or without saying how large a file is."""

    def answer(request: Request) -> Answer:
        name = request.path.lstrip("/")
        if name not in files:
            return 404, {}, b"not here"
        data = files[name]
        if ranges:
            return part_of(data, request, {})
        if sizes:
            return 200, {"ETag": etag(data)}, data
        chunked = b"".join(
            b"%x\r\n%s\r\n" % (len(c), c) for c in (data[k : k + 9000] for k in range(0, len(data), 9000))
        )
        return 200, {"ETag": etag(data), "Transfer-Encoding": "chunked", "Content-Length": ""}, chunked + b"0\r\n\r\n"

    return answer


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """The part of the Hub's API that is used: repositories by kind and name, each with its files."""

    repositories: dict[str, dict[str, bytes]]
    commit: str = COMMIT

    def __call__(self, request: Request) -> Answer:
        path = request.path.lstrip("/")
        for name, files in self.repositories.items():
            kind, _, repository = name.partition("/")
            if path == f"api/{kind}/{repository}" or path.startswith(f"api/{kind}/{repository}/"):
                return self._api(path.removeprefix(f"api/{kind}/{repository}").lstrip("/"), repository, files, request)
            home = repository if kind == "models" else f"{kind}/{repository}"
            if found := re.fullmatch(rf"{re.escape(home)}/resolve/([^/]+)/(.*)", path):
                return self._file(found[1], found[2], files, request)
        return 401, {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"}, b"{}"

    def _api(self, rest: str, repository: str, files: dict[str, bytes], request: Request) -> Answer:
        what, _, further = rest.partition("/")
        revision, _, inside = further.partition("/")
        if revision and revision not in ("main", self.commit):
            return 404, {"X-Error-Code": "RevisionNotFound"}, b"{}"
        if what in ("", "revision"):
            siblings = [{"rfilename": name} for name in files]
            return _json({"_id": "1", "id": repository, "sha": self.commit, "private": False, "siblings": siblings})
        if what == "tree":
            deep = parse_qs(urlsplit(request.target).query).get("recursive", ["false"])[0].lower() in ("true", "1")
            return _json(_tree(files, inside, deep))
        if what == "paths-info":
            asked = parse_qs(request.body.decode()).get("paths") or json.loads(request.body or b"{}").get("paths", [])
            return _json([entry for entry in _tree(files, "", True) if entry["path"] in asked])
        return 404, {}, b"{}"

    def _file(self, revision: str, name: str, files: dict[str, bytes], request: Request) -> Answer:
        if revision not in ("main", self.commit):
            return 404, {"X-Error-Code": "RevisionNotFound"}, b""
        if name not in files:
            return 404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": self.commit}, b""
        return part_of(files[name], request, {"X-Repo-Commit": self.commit})


def _json(value: Any) -> Answer:
    return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()


def _tree(files: Mapping[str, bytes], inside: str, deep: bool) -> list[dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = {}
    for name, data in files.items():
        if inside and not name.startswith(f"{inside}/"):
            continue
        steps = name.removeprefix(f"{inside}/" if inside else "").split("/")
        for k in range(1, len(steps)):
            folder = "/".join(filter(None, (inside, *steps[:k])))
            if deep or k == 1:
                entries[folder] = {"type": "directory", "oid": "0" * 40, "size": 0, "path": folder}
        if deep or len(steps) == 1:
            oid = hashlib.sha1(data).hexdigest()
            entries[name] = {"type": "file", "oid": oid, "size": len(data), "path": name}
    return list(entries.values())


def forwarded_to(url: str) -> Callable[[Request], Answer]:
    """Another server's answers."""
    import http.client

    host = urlsplit(url).netloc

    def answer(request: Request) -> Answer:
        connection = http.client.HTTPConnection(host)
        headers = {k: v for k, v in request.headers.items() if k.lower() not in ("connection", "expect")}
        connection.request(request.method, request.target, request.body or None, headers)
        response = connection.getresponse()
        data = response.read()
        dropped = ("transfer-encoding", "connection", "date", "server")
        kept = {k: v for k, v in response.getheaders() if k.lower() not in dropped}
        connection.close()
        return response.status, kept, data

    return answer
