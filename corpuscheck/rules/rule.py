"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from corpuscheck.profile.profile import Profile
from corpuscheck.result import Finding, Severity, TokenizerReport
from corpuscheck.settings import Limits


@dataclass(frozen=True)
class Evidence:
    """All that a rule may look at."""

    profile: Profile
    tokenizer: TokenizerReport
    limits: Limits


@dataclass(frozen=True)
class Observation:
    """What a rule found: the finding without the rule's own name."""

    message: str
    advice: str
    measured: float | int | str | None = None
    limit: float | int | None = None
    path: str | None = None


Check = Callable[[Evidence], Iterable[Observation]]


@dataclass(frozen=True)
class Rule:
    """An id, a name, a severity and a check, whose docstring is the rule's documentation."""

    id: str
    name: str
    severity: Severity
    check: Check

    def findings(self, evidence: Evidence) -> Iterable[Finding]:
        for seen in self.check(evidence):
            yield Finding(
                self.id, self.name, self.severity, seen.message, seen.advice, seen.measured, seen.limit, seen.path
            )
