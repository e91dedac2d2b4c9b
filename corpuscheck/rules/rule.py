"""What a rule is."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, get_args

from corpuscheck.domain.report import DomainReport
from corpuscheck.profile.profile import Profile
from corpuscheck.result.contamination import Contamination, contamination_of
from corpuscheck.result.copies import Cleanliness
from corpuscheck.result.normalisation import Normalisation, normalisation_of
from corpuscheck.result.place import Place
from corpuscheck.result.result import Changes, Finding, TokenizerReport
from corpuscheck.result.sources import SourceReport, Sources
from corpuscheck.settings import Limits, Policy, Severity
from corpuscheck.text.printable import printable
from corpuscheck.text.quantities import LEAST_WITHOUT_UNIT, parse_count, parse_number, parse_share, parse_size

MOST_PLACES = 20
"""Files named by a finding; the amounts are of all of them."""

_FIX = "Fix: "

LONG_NAMES = {"target_bytes": "target", "min_bytes": "min-size"}
"""Options with another name than that of their field."""

FigureUnit = Literal[
    "files", "bytes", "records", "share", "points", "characters", "cuts", "places", "documents", "times", "settings"
]


Floor = Literal["", "at least"]
"""How a limit that is a floor is told."""

Need = Literal["", "baseline", "reference", "documents", "near copies", "benchmark"]
"""What a rule looks at that not every scan has: a baseline, a reference, the inside of documents, their near copies,
texts that a model will be tested with."""

NEEDS: frozenset[str] = frozenset(get_args(Need)) - {""}


def at_hand(profile: Profile, comparison: Changes | None, domain: DomainReport | None) -> frozenset[str]:
    """What there is of what rules may need."""
    there = {
        "baseline": comparison is not None,
        "reference": domain is not None and any(one.verdict != "unknown" for one in (domain, *domain.others)),
        "documents": profile.about.get("clean") == "yes",
        "near copies": profile.about.get("near_duplicates") == "yes",
        "benchmark": bool(profile.against.benchmarks),
    }
    return frozenset(need for need, known in there.items() if known)


@dataclass(frozen=True)
class Evidence:
    """All that a rule may look at."""

    profile: Profile
    tokenizer: TokenizerReport
    cleanliness: Cleanliness
    limits: Limits = field(default_factory=Limits)
    comparison: Changes | None = None
    domain: DomainReport | None = None
    sources: Sources = field(default_factory=Sources)

    @property
    def at_hand(self) -> frozenset[str]:
        return at_hand(self.profile, self.comparison, self.domain)

    @cached_property
    def against(self) -> tuple[Contamination, ...]:
        return contamination_of(self.profile.against)

    @cached_property
    def normalisation(self) -> Normalisation:
        return normalisation_of(self.profile, self.tokenizer.saved_by_nfc)


def rate_after_nfc(evidence: Evidence) -> float:
    """The [UNK] rate were the text normalised to NFC, from the lost words that were kept."""
    words = evidence.profile.words
    kept = sum(words.lost.words().values())
    return words.unk_rate * (1 - evidence.tokenizer.saved_by_nfc / kept) if kept else words.unk_rate


@dataclass(frozen=True)
class Observation:
    """What a rule found, and where: all places, of which a finding keeps the first.

    The advice is the rule's own unless the check has figures to add.
    """

    message: str
    measured: float | int | str | None = None
    places: tuple[Place, ...] = ()
    advice: str = ""


class NotJudgedError(Exception):
    """Raised by a check that lacks what it needs; the reason is shown."""


SourceCheck = Callable[[SourceReport, float], Iterable[Observation]]
"""The same of one source."""

Check = Callable[[Evidence, float], Iterable[Observation]]
"""From the evidence and the limit in force to what is beyond it."""


@dataclass(frozen=True)
class Rule:
    """An id, a name, a severity, a limit and a check, whose docstring is the rule's documentation.

    `option` names the field of `Limits` that holds the limit, where the limit has an option of its own. A rule
    that needs what not every scan has is judged where there is such, or where it was asked for. One that is judged
    `always` then, nobody can leave out: it tells of what was left out. The limit is the most that is allowed, or a
    `floor`. One that has a check `of_source` can be judged for each source by itself.
    """

    id: str
    name: str
    severity: Severity
    check: Check
    limit: float = 0
    unit: FigureUnit = "files"
    option: str = ""
    needs: Need = ""
    always: bool = False
    floor: Floor = ""
    of_source: SourceCheck | None = None

    @property
    def key(self) -> str:
        """The long name of its option, as in a configuration file; empty where it has none."""
        return LONG_NAMES.get(self.option, self.option.replace("_", "-"))

    @property
    def documentation(self) -> list[str]:
        """The paragraphs of its docstring."""
        text = inspect.cleandoc(self.check.__doc__ or "")
        return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]

    @property
    def advice(self) -> str:
        """What to do, in one sentence: the first after "Fix:"."""
        fixes = (p.removeprefix(_FIX) for p in self.documentation if p.startswith(_FIX))
        return next(fixes, "").split(". ")[0].removesuffix(".")

    def limit_in_force(self, limits: Limits, policy: Policy) -> float:
        own: float = getattr(limits, self.option) if self.option else self.limit
        given = policy.limit.get(self.id, own)
        return self.limit_from(given) if isinstance(given, str) else given

    def limit_from(self, value: str | float) -> float:
        """A limit as people write it, in the rule's unit. Raises UsageError."""
        if self.unit in ("share", "points"):
            return parse_share(value)
        if self.unit == "bytes":  # of text, or of what must not be there
            return parse_size(value, "GB", least=LEAST_WITHOUT_UNIT if self.floor else 0)
        return parse_number(value) if self.unit == "times" else parse_count(value)

    def severity_in_force(self, policy: Policy) -> Severity:
        return policy.severity.get(self.id, self.severity)

    def chosen(self, policy: Policy, at_hand: Collection[str]) -> bool:
        """Whether --select and --ignore leave it in; the longer of two that match decides."""
        if self.always and self.needs in at_hand:
            return True
        asked_for = _match(self, policy.select)
        by_itself = 0 if policy.select or (self.needs and self.needs not in at_hand) else 1
        return _match(self, policy.ignore) < max(asked_for, by_itself)

    def answers_to(self, name: str) -> bool:
        """Whether this is its id, the beginning of its id, or its name."""
        return self.id.startswith(name.upper()) or self.name == name

    def findings(self, evidence: Evidence, policy: Policy) -> Iterable[Finding]:
        """Raises NotJudgedError."""
        limit = self.limit_in_force(evidence.limits, policy)
        severity = self.severity_in_force(policy)
        by_source = self.id in policy.per_source and evidence.sources
        for seen in self._of_sources(evidence.sources, limit) if by_source else self.check(evidence, limit):
            advice, places = seen.advice or self.advice, seen.places[:MOST_PLACES]
            yield Finding(self.id, self.name, severity, seen.message, advice, seen.measured, limit, places)

    def _of_sources(self, sources: Sources, limit: float) -> Iterable[Observation]:
        """What is beyond the limit in each source, which the message names."""
        for source in sources.sources:
            for seen in self.of_source(source, limit) if self.of_source else ():
                yield replace(seen, message=f"{printable(source.name)}: {seen.message}")


def _match(rule: Rule, names: Iterable[str]) -> int:
    """The length of the longest of the names that the rule answers to; 0 where there is none."""
    lengths = (len(rule.id) if name == rule.name else len(name) for name in names if rule.answers_to(name))
    return max(lengths, default=0)
