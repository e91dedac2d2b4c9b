"""The first configuration of a project: commented, and with limits that its corpus keeps today."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import Any

from corpuscheck.errors import UsageError
from corpuscheck.profile.words import WordPart
from corpuscheck.result.result import Result
from corpuscheck.rules.registry import RULES
from corpuscheck.rules.rule import Rule
from corpuscheck.settings import OPTIONS
from corpuscheck.text.amounts import count, percent, size
from corpuscheck.text.printable import printable


def initial_configuration(result: Result, paths: Sequence[str], given: Mapping[str, Any]) -> str:
    """The text of a corpuscheck.toml for a corpus with this result, scanned with these options."""
    text, words = result.profile.size, result.profile.words
    lines = [
        "# corpuscheck: limits for this corpus.",
        "# 'corpuscheck rules' lists all of them, 'corpuscheck explain CC301' says what one is for.",
        "",
        f"paths = {_toml(list(paths))}",
    ]
    for name, value in given.items():
        if value and value != OPTIONS[name].default:
            lines.append(f"{OPTIONS[name].key} = {_toml(value)}")
    if not given.get("tokenizer"):
        lines.append('# tokenizer = "tokenizer"       # a trained one: corpuscheck scan --save-tokenizer tokenizer')
    rate = max(words.unk_rate, words.held_out_unk_rate)
    allowed = _allowed(rate)
    lines += [
        "",
        f"# There are {size(text.utf8_bytes)} of text in {count(text.documents)} documents today; a tenth may go.",
        f"min-size = {_toml(size(_rounded_down(9 * text.utf8_bytes // 10)))}",
        '# target = "4GB"                 # the rule of thumb for decent performance in a domain',
        "",
        f"# {percent(rate)} of the words are [UNK] today; half as much again is allowed.",
        f"max-unk-rate = {allowed:g}",
        *_shattered(words),
        "",
        "# Against a baseline: corpuscheck scan --save base.ccp on the main branch, then --baseline base.ccp",
        "max-unk-increase = 0.001         # 0.1 points over the whole corpus",
        "max-shrinkage = 0.01             # 1 % of the text",
        "",
        '# fail-on = "error"              # or "warning", or "never"',
        '# exclude = ["drafts/"]          # gitignore patterns; also in .corpuscheckignore',
    ]
    return "\n".join([*lines, *_rules(result)]) + "\n"


def _allowed(rate: float) -> float:
    return min(1.0, max(0.0001, _rounded_up(1.5 * rate)))


def _shattered(words: WordPart) -> list[str]:
    """Nothing where no words are shattered."""
    rate = max(words.shattered_rate, words.held_out_shattered_rate)
    if not rate:
        return []
    return [f"max-shattered-rate = {_allowed(rate):g}      # {percent(rate)} of the words are shattered today"]


def _rules(result: Result) -> list[str]:
    """A table for each rule that the corpus breaks today, with a limit that it keeps."""
    by_id = {rule.id: rule for rule in RULES if not rule.option}
    worst: dict[str, float] = {}
    for finding in result.findings:
        if finding.rule in by_id and isinstance(finding.measured, int | float):
            worst[finding.rule] = max(worst.get(finding.rule, 0), finding.measured)
    lines: list[str] = []
    for name, measured in sorted(worst.items()):
        finding = next(f for f in result.findings if f.rule == name)
        limit = _limit(by_id[name], measured)
        lines += [
            "",
            f"[rules.{name}]  # {finding.name}",
            f"# today: {printable(finding.message, 160)}",
            f"limit = {limit}",
        ]
    return lines


def _limit(rule: Rule, measured: float) -> str:
    return f"{_rounded_up(measured):g}" if rule.unit in ("share", "points") else f"{ceil(measured)}"


def _rounded_up(value: float) -> float:
    """To two significant digits, never below the value."""
    if value <= 0:
        return 0.0
    step = 10.0 ** (floor(log10(value)) - 1)
    return round(ceil(value / step - 1e-9) * step, 12)


def _rounded_down(value: int) -> int:
    """To two significant digits, never above the value."""
    step: int = 10 ** max(0, len(str(value)) - 2)
    return value // step * step


def _toml(value: Any) -> str:
    """JSON's strings, numbers, booleans and arrays are TOML's too, but for one character."""
    text = json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
    if any("\ud800" <= ch <= "\udfff" for ch in text):
        raise UsageError(f"{printable(text)}: a name that is not Unicode cannot stand in a configuration file")
    return text.replace("\x7f", "\\u007f")
