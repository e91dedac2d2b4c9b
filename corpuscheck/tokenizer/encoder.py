"""Encoder: asks a tokenizer about texts, here, or in a process that may hang, burst or die on one of them.

That process runs this file alone, so nothing but the standard library and `tokenizers` may be imported at the top.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import IO, TYPE_CHECKING, Any, Protocol

from tokenizers import Encoding, Tokenizer

if TYPE_CHECKING:
    from corpuscheck.errors import TextError

DROPPED = "\U0010ffff"
"""A piece that a BPE gets here, which no merge makes: it stands where a character would be dropped in silence."""

SECONDS = 20
"""Some hundred times what a group of texts takes."""

_MEMORY, _MEMORY_OF_A_THREAD = 2 << 30, 1 << 27
_GROUP = 1 << 18
"""Characters that are asked about at once."""

_MOST_GROWTH, _MOST_ANYWAY = 100, 100_000
"""More tokens or characters than so many for each one of a text are not waited for, beyond a first allowance."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """What a tokenizer makes of a text: tokens, words, and (id, word, start, stop) of each token that is watched.

    `shattered` are the words in which a token is no whole character, each as its tokens.
    """

    tokens: int
    words: int
    watched: Sequence[tuple[int, int | None, int, int]] = ()
    shattered: Sequence[Sequence[int]] = ()

    def holds(self, token: int | None) -> bool:
        """Whether one of those that are watched is in it."""
        return any(found == token for found, _, _, _ in self.watched)


class _BrokenError(Exception):
    """What became of the process, after how many answers."""

    def __init__(self, what: str, answered: int) -> None:
        super().__init__(what)
        self.answered = answered


WordSpans = tuple[Sequence[int], Sequence[tuple[int, int, int, bool]]]


class Encoder(Protocol):
    """A tokenizer without special tokens of its own, truncation and padding."""

    def encode(self, texts: Sequence[str]) -> list[Encoded]: ...

    def words(self, texts: Sequence[str]) -> list[WordSpans]:
        """For each text the ids that occur, and (start, stop, tokens, whether one is watched) of its words, which white
        space parts as well as the pre-tokenizer. The tokens of white space alone have an empty span."""
        ...

    def normalized(self, texts: Sequence[str]) -> list[str]: ...

    def pieces(self, texts: Sequence[str]) -> list[list[str]]:
        """Normalised and cut into words; one word where nothing cuts."""
        ...


class Here:
    """An encoder in this process: for tokenizers that nothing in a file can make run wild."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        watched: Iterable[int],
        pieces: Iterable[int] = (),
        drops: Tokenizer | None = None,
    ) -> None:
        """`pieces` are the tokens that are no whole characters; `drops` is the tokenizer without the token for what it
        drops, which joins the neighbours."""
        self._tokenizer, self._watched, self._pieces = tokenizer, frozenset(watched), frozenset(pieces)
        self._drops = drops

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        found = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        encoded = [self._encoded(each) for each in found]
        if self._drops is None:
            return encoded
        return [
            replace(each, tokens=len(self._drops.encode(text, add_special_tokens=False))) if each.watched else each
            for each, text in zip(encoded, texts, strict=True)
        ]

    def _encoded(self, encoding: Encoding) -> Encoded:
        ids, words = encoding.ids, encoding.word_ids
        total = next((word for word in reversed(words) if word is not None), -1) + 1  # words ascend
        shattered = () if self._pieces.isdisjoint(ids) else tuple(_shattered(ids, words, self._pieces))
        if self._watched.isdisjoint(ids):
            return Encoded(len(ids), total, (), shattered)
        places = [k for k, token in enumerate(ids) if token in self._watched]
        offsets = encoding.offsets
        return Encoded(len(ids), total, tuple((ids[k], words[k], *offsets[k]) for k in places), shattered)

    def words(self, texts: Sequence[str]) -> list[WordSpans]:
        found = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [
            (sorted(set(encoding.ids)), list(_spans(text, encoding, self._watched)))
            for text, encoding in zip(texts, found, strict=True)
        ]

    def normalized(self, texts: Sequence[str]) -> list[str]:
        normalizer = self._tokenizer.normalizer
        return list(texts) if normalizer is None else [str(normalizer.normalize_str(text)) for text in texts]

    def pieces(self, texts: Sequence[str]) -> list[list[str]]:
        splitter, normal = self._tokenizer.pre_tokenizer, self.normalized(texts)
        if splitter is None:
            return [[text] for text in normal]
        return [[piece for piece, _ in splitter.pre_tokenize_str(text)] for text in normal]


def _shattered(ids: list[int], words: list[int | None], pieces: frozenset[int]) -> Iterator[tuple[int, ...]]:
    """The tokens of each word that holds one of these."""
    for _, tokens in groupby(zip(words, ids, strict=True), itemgetter(0)):
        word = tuple(token for _, token in tokens)
        if not pieces.isdisjoint(word):
            yield word


def _spans(text: str, encoding: Encoding, watched: frozenset[int]) -> Iterator[tuple[int, int, int, bool]]:
    first = last = tokens = 0
    held = False
    current: int | None = -1
    for token, word, (start, stop) in zip(encoding.ids, encoding.word_ids, encoding.offsets, strict=True):
        while start < stop and text[start].isspace():
            start += 1
        parted = first < last < start and any(map(str.isspace, text[last:start]))
        if tokens and (word != current or parted):
            yield first, last, tokens, held
            first = last = tokens = 0
            held = False
        current, tokens, held = word, tokens + 1, held or token in watched
        if start < stop:
            first, last = (first, max(last, stop)) if first < last else (start, stop)
    if tokens:
        yield first, last, tokens, held


class Apart:
    """An encoder in a process of its own, which has `SECONDS` for each group of texts and is begun anew after it died.

    Raises TextError for a text on which it dies.
    """

    def __init__(self, definition: str, watched: Iterable[int], shown: str, pieces: Iterable[int] = ()) -> None:
        self._shown = shown
        self._beginning = json.dumps([definition, sorted(watched), sorted(pieces), SECONDS])
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        return [
            Encoded(tokens, words, [(token, word, start, stop) for token, word, start, stop in watched], shattered)
            for tokens, words, watched, shattered in self._asked("encode", texts)
        ]

    def words(self, texts: Sequence[str]) -> list[WordSpans]:
        return [
            (ids, [(first, last, n, held) for first, last, n, held in spans])
            for ids, spans in self._asked("words", texts)
        ]

    def normalized(self, texts: Sequence[str]) -> list[str]:
        return list(self._asked("normalized", texts))

    def pieces(self, texts: Sequence[str]) -> list[list[str]]:
        return list(self._asked("pieces", texts))

    def _asked(self, question: str, texts: Sequence[str]) -> Iterator[Any]:
        """The answers in order."""
        for first, group in _groups(texts):
            with self._lock:
                try:
                    answers = self._ask(question, group)
                except _BrokenError:
                    answers = self._one_by_one(question, first, group)
            yield from answers

    def _one_by_one(self, question: str, first: int, group: Sequence[str]) -> list[Any]:
        """After it died: each text alone, so that the guilty one can be named."""
        try:
            return self._ask(question, group, singly=True)
        except _BrokenError as error:
            raise self._error(str(error), group[error.answered], first + error.answered) from None

    def _error(self, what: str, text: str, number: int) -> TextError:
        from corpuscheck.errors import TextError
        from corpuscheck.text.printable import printable

        begins = f"a text of {len(text):,} characters that begins '{printable(text, 30)}'"
        return TextError(f"{self._shown}: this tokenizer breaks down ({printable(what, 300)}) on {begins}", number)

    def _ask(self, question: str, texts: Sequence[str], singly: bool = False) -> list[Any]:
        process = self._process or self._begun()
        answers: list[list[Any]] = []
        told: Any = None
        try:
            if process.stdin and process.stdout:
                _send(process.stdin, json.dumps([question, list(texts), singly]))
                while isinstance(told := json.loads(_received(process.stdout) or "null"), list):
                    answers.append(told)
                    if len(answers) == (len(texts) if singly else 1):
                        return [each for answer in answers for each in answer]
        except OSError:
            pass  # it is gone
        except BaseException:
            self._end()
            raise
        self._end()
        raise _BrokenError(told or _end_of(process.returncode), len(answers))

    def _begun(self) -> subprocess.Popen[bytes]:
        process = self._process = subprocess.Popen(
            [sys.executable, "-P", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env={**os.environ, "RUST_BACKTRACE": "0"},
        )  # fmt: skip
        self._over = weakref.finalize(self, _end, process)
        with suppress(OSError):  # the next question finds out
            if process.stdin:
                _send(process.stdin, self._beginning)
        return process

    def _end(self) -> None:
        self._process = None
        self._over()


def _end(process: subprocess.Popen[bytes]) -> None:
    """It ends when nothing can come in any more, unless it hangs."""
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            if pipe:
                pipe.close()
    try:
        process.wait(0.5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end_of(status: int | None) -> str:
    """Why a process ended, from its status."""
    if status == (-_ALARM or 1):
        return f"it takes over {SECONDS} seconds"
    died = -status if status and status < 0 else 0
    name = signal.Signals(died).name if died in set(signal.Signals) else f"status {status}"
    return f"it ends its process ({name}): it asks for too much memory, or breaks down"


def _groups(texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """(number of the first, texts) of some hundred thousand characters, never none."""
    group: list[str] = []
    size = 0
    for number, text in enumerate(texts):
        group.append(text)
        size += len(text) + 1
        if size >= _GROUP:
            yield number + 1 - len(group), group
            group, size = [], 0
    if group:
        yield len(texts) - len(group), group


def _send(file: IO[bytes], message: str) -> None:
    data = message.encode()
    file.write(len(data).to_bytes(8) + data)
    file.flush()


def _received(file: IO[bytes]) -> bytes:
    """Empty at the end."""
    size = file.read(8)
    return file.read(int.from_bytes(size)) if len(size) == 8 else b""


_ALARM = int(getattr(signal, "SIGALRM", 0))


def _serve() -> None:
    """Answer what comes in until nothing more does; each answer has so many seconds, whatever the library does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    definition, watched, pieces, seconds = json.loads(_received(sys.stdin.buffer))
    _limit()
    encoder: Here | None = None
    while message := _received(sys.stdin.buffer):
        question, texts, singly = json.loads(message)
        for group in [[text] for text in texts] if singly else [texts]:
            call_off = _deadline(seconds)
            try:
                if encoder is None:
                    encoder = Here(ready(definition), watched, pieces, that_drops(definition))
                answer = _answer(encoder, question, group)
            except BaseException as error:  # the library panics with what is no Exception
                answer = " ".join(str(error).split())[:300] or type(error).__name__
            call_off()
            _send(sys.stdout.buffer, json.dumps(answer))


def ready(definition: str) -> Tokenizer:
    """A tokenizer without truncation and padding."""
    tokenizer = Tokenizer.from_str(definition)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def that_drops(definition: str) -> Tokenizer | None:
    """The tokenizer as it was before it got a token for what it drops; None where it has none."""
    parts = json.loads(definition)
    model = parts["model"]
    if model.get("unk_token") != DROPPED:
        return None
    model["unk_token"] = None
    del model["vocab"][DROPPED]
    return ready(json.dumps(parts))


def _answer(encoder: Here, question: str, texts: list[str]) -> list[Any] | str:
    if question == "words":
        words = encoder.words(texts)
        made = [(sum(tokens for _, _, tokens, _ in spans), "tokens") for _, spans in words]
        answer: list[Any] = list(words)
    elif question == "encode":
        found = encoder.encode(texts)
        made = [(each.tokens, "tokens") for each in found]
        answer = [(each.tokens, each.words, each.watched, each.shattered) for each in found]
    elif question == "normalized":
        answer = encoder.normalized(texts)
        made = [(len(text), "characters") for text in answer]
    else:
        answer = encoder.pieces(texts)
        made = [(sum(map(len, pieces)), "characters") for pieces in answer]
    for text, (size, of_what) in zip(texts, made, strict=True):
        if size > _MOST_GROWTH * len(text) + _MOST_ANYWAY:
            return f"it makes {size:,} {of_what} of {len(text):,} characters"
    return answer


def _deadline(seconds: float) -> Callable[[], object]:
    """End this process after so many seconds, also where the library never comes back; gives what calls it off."""
    if _ALARM:
        signal.signal(_ALARM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        return lambda: signal.setitimer(signal.ITIMER_REAL, 0)
    import faulthandler

    faulthandler.dump_traceback_later(seconds, exit=True)
    return faulthandler.cancel_dump_traceback_later


def _limit() -> None:
    """Little memory, no core file; where the system knows such limits."""
    try:
        import resource
    except ImportError:
        return
    memory = _MEMORY + (os.cpu_count() or 1) * _MEMORY_OF_A_THREAD
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (memory if hard < 0 else min(memory, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _serve()
