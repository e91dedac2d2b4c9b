"""Not the data: what lies in the place of data when a download or a checkout went wrong, named by its content."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, BinaryIO

import orjson

from corpuscheck.reading.kinds import Format

LFS = "Git LFS pointer: run git lfs pull"
DVC = "DVC pointer: run dvc pull"
ANNEX = "git-annex pointer: run git annex get"
XET = "Xet pointer: run git xet checkout, or fetch it from its hub"
ERROR_PAGE = "an error page saved as data: fetch it again"
LOGIN_PAGE = "a login page saved as data: sign in and fetch it again"
DRIVE_PAGE = "a page of Google Drive saved as data: fetch it with gdown, or in a browser"
OTHER_PAGE = "an HTML page in the place of data: fetch it again"
XML_ERROR = "an XML error of a file store saved as data: check the address and the rights, and fetch it again"
API_ERROR = "a JSON error of a server saved as data: fetch it again"
REASONS = (LFS, DVC, ANNEX, XET, ERROR_PAGE, LOGIN_PAGE, DRIVE_PAGE, OTHER_PAGE, XML_ERROR, API_ERROR)

LARGEST_POINTER = 16 << 10
LARGEST_PAGE = 1 << 16

_LFS = re.compile(
    rb"\s*version https://(?:git-lfs|hawser)\.github\.com/spec/v\d\r?\n"
    rb"(?:ext-\d-[^\n]+\n)*oid sha256:[0-9a-f]{64}\r?\nsize \d+\s*"
)
_XET = re.compile(rb"# xet version \d+\r?\nfilesize ?= ?\d+\r?\nhash ?= ?'[0-9a-f]+'\s*")
_ANNEX = re.compile(
    rb"(?:[./\\]*(?:\.git[/\\])?|/)annex[/\\]objects[/\\](?:\w\w[/\\]){0,4}[^\s/\\]+(?:[/\\][^\s/\\]+)?\s*"
)
_DVC_LINE = re.compile(
    rb"(?:#.*|(?:outs|deps|meta|wdir|frozen|desc|md5|etag|hash|size|nfiles|isexec|path|cache|remote|type|labels|persist|push|repo"
    rb"|url|rev|rev_lock|cmd|files|version_id|checksum)\s*:.*|\s*-?\s*[\w.-]+\s*:.*|\s*-\s.*|\s*)"
)
_DVC_HASH = re.compile(rb"^\s*-?\s*(?:md5|etag|checksum)\s*:\s*['\"]?[0-9a-f]{32}(?:-\d+|\.dir)?", re.MULTILINE)


def not_the_data(head: bytes, whole: bool, named: Format = "json") -> str:
    """Why this is no data, by its first bytes as UTF-8 (`whole`: they are all of it); empty where it may be some.

    `named` is what the name says: a page is no data where the name promises records.
    """
    start = head[:64].lstrip()[:1]
    if start == b"<":
        return _page(head, whole, named)
    if not whole or len(head) > LARGEST_POINTER:
        return ""
    return _pointer(head) or (_api_error(head) if start == b"{" else _message(head))


def in_its_place(file: BinaryIO) -> str:
    """Why a file is not what its name promises, an archive or a table in binary, but one of these."""
    head = file.read(LARGEST_PAGE + 1)
    if b"\x00" in head[:512] or head[:2] == b"PK":
        return ""
    return not_the_data(head.removeprefix(b"\xef\xbb\xbf"), len(head) <= LARGEST_PAGE)


def _pointer(text: bytes) -> str:
    for sign, pattern, reason in ((b"oid sha256:", _LFS, LFS), (b"# xet", _XET, XET), (b"annex", _ANNEX, ANNEX)):
        if sign in text and pattern.fullmatch(text):
            return reason
    if b"outs:" not in text:
        return ""
    dvc = re.search(rb"^outs:\s*$", text, re.MULTILINE) and _DVC_HASH.search(text)
    return DVC if dvc and all(map(_DVC_LINE.fullmatch, text.splitlines())) else ""


_NUMBER = r"(?:http\s*)?(?:error|status)?[\s:/#.-]*(?:[45]\d\d)?[\s:.-]*"
_CLEAR = (
    r"(?:page|file|entry|object|repository|revision|resource|the page|the file) (?:was )?(?:not found|does not exist)"
    r"|access(?: is)? denied|bad gateway|gateway time-?\s?out|internal server error|too many requests"
    r"|service (?:temporarily )?unavailable|rate limit exceeded|quota exceeded|bad credentials|authentication required"
    r"|invalid username or password|페이지를 찾을 수 없습니다|접근이? (?:거부|차단)(?:되었습니다)?"
)
_VAGUE = r"not found|forbidden|unauthori[sz]ed|bad request|gone|permission denied|request timeout"
_ENDING = r"[\s.!]*"
_MESSAGE = re.compile(rf"{_NUMBER}(?:{_CLEAR}|{_VAGUE}){_ENDING}", re.IGNORECASE)
_CLEAR_MESSAGE = re.compile(
    rf"{_NUMBER}(?:{_CLEAR}){_ENDING}|(?:http |error |status )*[45]\d\d[\s:.!-]*(?:error|{_VAGUE}|{_CLEAR})?{_ENDING}",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"just a moment[.…]*|attention required!?|are you a robot\??|robot check|security check", re.IGNORECASE
)


def _message(text: bytes) -> str:
    """The bare message of a server, such as '404: Not Found'."""
    return ERROR_PAGE if len(text) < 200 and _MESSAGE.fullmatch(text.decode("utf-8", "replace").strip()) else ""


_STATUS = frozenset(("status", "status_code", "statuscode", "code"))
_TELLING = frozenset(
    ("error", "errors", "documentation_url", "error_description", "error_code", "errorcode", "exception")
)
_ERROR_KEYS = _STATUS | _TELLING | frozenset((
    "message", "msg", "detail", "details", "path", "timestamp", "request_id", "requestid", "request", "success", "ok",
    "title", "type", "instance", "reason", "trace", "hint", "error_type", "cause", "url", "method", "traceid",
    "innererror", "domain", "data", "result",
))  # fmt: skip


def _api_error(text: bytes) -> str:
    """A single object that holds nothing but an error."""
    try:
        value: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        return ""
    if not isinstance(value, dict) or not value:
        return ""
    members = {str(key).lower(): member for key, member in value.items()}
    if not members.keys() <= _ERROR_KEYS or (members.get("data") or members.get("result")):
        return ""
    numbers = any(
        str(members[key])[:3].isdigit() and 400 <= int(str(members[key])[:3]) < 600 for key in members.keys() & _STATUS
    )
    said = any(isinstance(member, str) and _MESSAGE.fullmatch(member.strip()) for member in members.values())
    return API_ERROR if numbers or said or any(members.get(key) for key in _TELLING) else ""


_TITLE = re.compile(rb"<title[^<>]*>(.{0,500}?)</title>", re.DOTALL | re.IGNORECASE)
_HEADING = re.compile(rb"<h1[^<>]*>(.{0,500}?)</h1>", re.DOTALL | re.IGNORECASE)
_NO_TEXT = re.compile(rb"<(script|style|head)\b.{0,16000}?</\1\s*>|<[^<>]*>", re.DOTALL | re.IGNORECASE)
_HTML = re.compile(
    rb"\s*+(?:<\?xml[^<>]*>\s*+)?(?:<!--(?>.*?-->)\s*+)*+<(?:!doctype html|html|head|body)\b", re.DOTALL | re.IGNORECASE
)
_XML_ERROR = re.compile(
    rb"\s*(?:<\?xml[^>]*\?>\s*)?(?:<(?:Error)?Response\b[^>]*>\s*(?:<Errors>\s*)?)?"
    rb"<Error\b[^>]*>.*<Code>[^<]+</Code>.*</Error>\s*(?:<[^>]*>[^<]*)*",
    re.DOTALL,
)
_PASSWORD = re.compile(rb"""<input\b[^<>]{0,300}\btype\s*=\s*["']?password""", re.IGNORECASE)
_LOGIN = re.compile(
    r"\b(?:sign|log)[\s-]?in\b|single sign[\s-]?on|authentication|로그인|ログイン|登录|登入|anmelden|connexion|^вход"
    r"|iniciar sesión",
    re.IGNORECASE,
)
_DRIVE = re.compile(r"google drive\b.*(?:virus|quota|scan|exceeded|can't)", re.IGNORECASE | re.DOTALL)
_LITTLE_TEXT = 1000
_RUNNING: tuple[Format, ...] = ("text", "html", "xml")


def is_html(head: bytes) -> bool:
    """Whether it begins as a page does."""
    return bool(_HTML.match(head))


def _page(head: bytes, whole: bool, named: Format) -> str:
    if whole and len(head) <= LARGEST_POINTER and _XML_ERROR.fullmatch(head):
        return XML_ERROR
    if not is_html(head):
        return ""
    title = _inner(_TITLE, head)
    if _DRIVE.match(title):
        return DRIVE_PAGE
    password = bool(_PASSWORD.search(head))
    little = whole and len(head) <= LARGEST_PAGE and len(b" ".join(_NO_TEXT.sub(b" ", head).split())) <= _LITTLE_TEXT
    data = named not in _RUNNING
    if password and (data or (little and _LOGIN.search(title))):
        return LOGIN_PAGE
    if (little or data) and (_says_of_itself(title) or (not title and _says_of_itself(_inner(_HEADING, head)))):
        return ERROR_PAGE
    return OTHER_PAGE if data else ""


def _says_of_itself(title: str) -> bool:
    """Whether a title is an error, with or without the name of the site behind it."""
    parts = [title, *re.split(r"\s+[-|–—·:]\s+", title)]
    return any(_CLEAR_MESSAGE.fullmatch(part) or _WALL.fullmatch(part) for part in parts if part)


def _inner(pattern: re.Pattern[bytes], head: bytes) -> str:
    match = pattern.search(head[: 1 << 16])
    text = _NO_TEXT.sub(b" ", match.group(1)).decode("utf-8", "replace") if match else ""
    return " ".join(unescape(text).split())
