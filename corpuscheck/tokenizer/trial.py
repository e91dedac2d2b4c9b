"""Trial: a tokenizer of unknown make encodes small texts in a process of its own, which may hang, burst or die.

The process runs this file alone, so nothing but the standard library and `tokenizers` may be imported at the top.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from functools import cache
from typing import Any

_SECONDS = 20
_MEMORY = 2 << 30
_RUN = 2000
_MOST_LITERALS = 60
_MOST_GROWTH = 100

_TAME = {
    "BertNormalizer", "Lowercase", "NFC", "NFD", "NFKC", "NFKD", "Nmt", "Sequence", "Strip", "StripAccents",
    "BertPreTokenizer", "ByteLevel", "Digits", "Metaspace", "Punctuation", "UnicodeScripts", "Whitespace",
    "WhitespaceSplit",
}  # fmt: skip
"""Steps without a pattern or a table of their own: nothing in a file can make them run wild."""

_SPECIMENS = ("a", "Z", "1", " ", "\n", ".", "-", "_", "가", "漢", "\u0301", "é", "\U0001f600")


def needs_trial(parts: dict[str, Any]) -> bool:
    """Whether the definition of a tokenizer holds steps that data can make run wild."""
    return not all(_tame(parts.get(name), 0) for name in ("normalizer", "pre_tokenizer"))


def _tame(step: Any, depth: int) -> bool:
    if step is None:
        return True
    if not isinstance(step, dict) or step.get("type") not in _TAME or depth > 8:
        return False
    inner = [*(step.get("normalizers") or ()), *(step.get("pretokenizers") or ())]
    return len(inner) <= 16 and all(_tame(child, depth + 1) for child in inner)


@cache
def trouble_with(definition: str) -> str:
    """What became of the process that tried a tokenizer; empty where all went well."""
    if not sys.executable:
        return ""
    environment = {**os.environ, "TOKENIZERS_PARALLELISM": "false", "RAYON_NUM_THREADS": "1", "RUST_BACKTRACE": "0"}
    try:
        done = subprocess.run(
            [sys.executable, "-P", __file__], input=definition.encode("utf-8", "replace"), stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, timeout=_SECONDS, env=environment, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"it takes over {_SECONDS} seconds for a few small texts"
    told = done.stdout.decode("utf-8", "replace").strip()
    if done.returncode < 0 and not told:
        died = -done.returncode
        name = signal.Signals(died).name if died in set(signal.Signals) else str(died)
        return f"encoding a few small texts ends the process ({name}): it asks for too much memory, or breaks down"
    return "" if told == "fine" else told or f"trying it ended with status {done.returncode}"


def _main() -> None:
    _limit()
    try:
        print(_tried(sys.stdin.buffer.read().decode()) or "fine")
    except BaseException as error:  # the library panics with what is no Exception
        print(" ".join(str(error).split())[:300] or type(error).__name__)


def _limit() -> None:
    """Little memory, no core file; where the system knows such limits."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY if hard < 0 else min(_MEMORY, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _tried(definition: str) -> str:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(definition)
    literals = _literals(json.loads(definition))
    specimens = list(dict.fromkeys((*_SPECIMENS, *literals)))
    for text in specimens:
        if tokenizer.normalizer is not None:
            grown = len(tokenizer.normalizer.normalize_str(text)) - len(tokenizer.normalizer.normalize_str(""))
            if grown > _MOST_GROWTH * len(text):
                return f"its normalizer makes {grown:,} characters of {len(text)}"
        tokenizer.encode(text, add_special_tokens=False)
    everything = "".join(specimens)
    for text in specimens:
        run = text * (_RUN // len(text) + 1)
        for whole in (run, f"{run}!", f"{run}\x00", f"{run}!{everything}", f"{everything}{run} {run}"):
            tokenizer.encode(whole, add_special_tokens=False)
    tokenizer.encode(everything * 50, add_special_tokens=False)
    return ""


def _literals(node: Any) -> list[str]:
    """Characters of the patterns, and patterns that are texts: what they are most likely to trip over."""
    found: dict[str, None] = {}
    waiting = [node.get("normalizer"), node.get("pre_tokenizer")]
    while waiting:
        step = waiting.pop()
        if isinstance(step, list):
            waiting.extend(step)
        elif isinstance(step, dict):
            pattern = step.get("pattern")
            if isinstance(pattern, dict):
                found.update(dict.fromkeys(str(pattern.get("Regex") or "")))
                found[str(pattern.get("String") or "a")[:_RUN]] = None
            waiting.extend(value for value in step.values() if isinstance(value, dict | list))
    return list(found)[:_MOST_LITERALS]


if __name__ == "__main__":
    _main()
