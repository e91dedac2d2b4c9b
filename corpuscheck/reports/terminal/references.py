"""What references are shipped, for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console, RenderableType
from rich.text import Text

from corpuscheck.domain.bodies import Body, general
from corpuscheck.domain.languages import named
from corpuscheck.domain.telling import bits
from corpuscheck.reports.terminal.console import text_on
from corpuscheck.reports.terminal.parts import safe
from corpuscheck.text.amounts import plural, size

_LONGEST = 400


def render(references: Mapping[str, Sequence[Body]], languages: str, console: Console) -> str:
    """For each language its bodies, with licence and origin: attribution is due to them, and to `languages`."""
    parts: list[RenderableType] = []
    for code, bodies in references.items():
        landmarks = len(bodies) - len(general(bodies))
        told = f"{len(general(bodies))} of general text"
        told += f", {plural(landmarks, 'landmark')} of a domain" if landmarks else ""
        parts.append(Text.assemble((f"{named(code)} ({code})", "bold"), f"  {told}"))
        parts += [line for body in bodies for line in _lines(body)]
        parts.append(Text())
    parts.append(Text("Languages of one script are told apart by the n-grams of words", "bold"))
    parts += [safe(f"    {languages}", "dim", _LONGEST), Text()]
    parts.append(Text("Figures alone are shipped: counts of n-grams by hash, and frequencies of words. No text is."))
    return text_on(console, parts)


def _lines(body: Body) -> list[Text]:
    far = f", {bits(body.distance)} bits from the others" if body.distance is not None else ""
    kind = " (a domain)" if body.kind == "domain" else ""
    head = Text.assemble("  ", safe(body.name), (f"{kind}  {size(body.text_bytes)}{far}", "dim"))
    return [head, safe(f"    {body.licence}; {body.origin}", "dim", _LONGEST)]
