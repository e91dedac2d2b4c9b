"""CC4: is it clean? CC5: is it there once?"""

from __future__ import annotations

from collections.abc import Iterable

from corpuscheck.profile.clean import CleanPart, Worst
from corpuscheck.profile.document_rules import DOCUMENT_RULES, DocumentRule
from corpuscheck.result.copies import CopyStep
from corpuscheck.result.place import Place
from corpuscheck.result.sources import SourceReport
from corpuscheck.rules.rule import Check, Evidence, NotJudgedError, Observation, Rule
from corpuscheck.text.amounts import about, count, estimated, percent, plural, size
from corpuscheck.text.printable import printable

_NAMED = 3
_PERSONAL = "shape: "


def of_documents(rule: DocumentRule) -> Check:
    """The check of a corpus by a rule of its documents: how many of all, or how much of the text, are doubtful."""

    def check(evidence: Evidence, limit: float) -> Iterable[Observation]:
        clean = _looked_into(evidence)
        tally = clean[rule.id]
        if rule.needs_shingles and "near copies" not in evidence.at_hand:
            raise NotJudgedError("near duplicates were not looked for, nor what a document repeats")
        documents, held = tally.documents / max(1, clean.documents), tally.document_bytes / max(1, clean.utf8_bytes)
        share = max(documents, held)
        if share > limit:
            yield Observation(
                f"{rule.says}: {plural(tally.documents, 'document')}, {percent(documents)} of all and "
                f"{percent(held)} of the text",
                share,
                tuple(_place(w, percent(w.score / 1e6)) for w in tally.worst),
                f"look at them: corpuscheck peek DATA --rule {rule.id}; leave out what is no text",
            )

    check.__doc__ = rule.documentation
    return check


def _looked_into(evidence: Evidence) -> CleanPart:
    if "documents" not in evidence.at_hand:
        raise NotJudgedError("not all documents were looked into (--no-clean)")
    return evidence.profile.clean


def _place(worst: Worst, detail: str) -> Place:
    return Place(worst.path, detail=detail, document=worst.number + 1)


def _debris(evidence: Evidence, limit: float, names: tuple[str, ...], message: str) -> Iterable[Observation]:
    """One observation where debris of these kinds is more of the text than the limit; `message` may name {size}."""
    clean = _looked_into(evidence)
    found = [clean[f"debris: {name}"] for name in names]
    held = sum(tally.amount_bytes for tally in found)
    share = held / max(1, clean.utf8_bytes)
    if share > limit:
        places = tuple(_place(w, plural(w.score, "time")) for tally in found for w in tally.worst)
        yield Observation(f"{message.format(size=size(held))}, {percent(share)} of it", share, places)


def leftover_markup(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Tags and references of HTML or of a wiki stand in the text, outside of HTML and XML files.

    A model learns them as words. Only names of real elements count: <IBM> is text.

    Fix: take them out with a parser of the format they come from; --strip-markup does it for HTML and XML files.
    """
    return _debris(evidence, limit, ("markup", "entities"), "{size} of tags and entities are left in the text")


def many_addresses(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """URLs and e-mail addresses make up much of the text.

    Fix: cut them out, or put one word in their place.
    """
    return _debris(
        evidence, limit, ("URLs", "e-mail addresses"), "{size} of URLs and e-mail addresses stand in the text"
    )


def personal_data(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Something in the text has the shape of personal data: telephone, resident and card numbers, e-mail addresses.

    Shapes are counted, and values are never shown. A shape is no proof, and text without these shapes may still name
    people: nothing here says that a corpus is free of personal data. Korean shapes are looked for in Korean documents.
    The limit is a number of documents.

    Fix: look at the places, and mask what is somebody's: corpuscheck peek DATA --rule CC415.
    """
    _looked_into(evidence)
    shapes = evidence.profile.clean.named(_PERSONAL)
    most = max((tally.documents for tally in shapes.values()), default=0)
    if most > limit:
        worst = sorted(shapes.items(), key=lambda pair: (-pair[1].documents, pair[0]))
        named = ", ".join(f"{name} ({count(tally.amount)})" for name, tally in worst[:_NAMED])
        yield Observation(
            f"shapes of personal data: {named}{', …' if len(worst) > _NAMED else ''}",
            most,
            tuple(_place(w, f"{name} {count(w.score)}") for name, tally in worst for w in tally.worst),
        )


def _copies(step: CopyStep | None, evidence: Evidence, limit: float, what: str) -> Iterable[Observation]:
    if step is None:
        raise NotJudgedError("near duplicates were not looked for (--no-near-duplicates)")
    amount = step.amount
    share = amount.utf8_bytes / max(1, evidence.profile.size.utf8_bytes)
    if share > limit and amount.certain:
        n = round(amount.documents)
        sampled = f"{estimated(n, amount.documents_margin, False, about)} documents"
        yield Observation(
            f"{what}: {plural(n, 'document') if amount.exact else sampled}, "
            f"{estimated(amount.utf8_bytes, amount.margin, amount.exact)}, {percent(share)} of the text",
            share,
            tuple(
                Place(copy.path, detail=f"as {kept.path}#{kept.document}", document=copy.document)
                for kept, copy, _ in step.pairs
            ),
        )


def exact_copies(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Documents stand in the corpus twice and more, byte for byte.

    Repeated text counts as size and is not (Lee et al., ACL 2022).

    Fix: keep one of each: a model learns by heart what it sees often.
    """
    return _copies(evidence.cleanliness.exact, evidence, limit, "copies, byte for byte")


def normalised_copies(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Documents differ in case, spaces, punctuation and marks alone. Digits are never passed over.

    Fix: keep one of each: a model learns by heart what it sees often.
    """
    _looked_into(evidence)
    what = "copies but for case, spaces, punctuation and marks"
    return _copies(evidence.cleanliness.normalised, evidence, limit, what)


def near_copies(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Documents share at least 80 % of their shingles (short stretches of letters) with one that is kept.

    Found by MinHash with 128 bins, verified by all of them. Documents of fewer than 64 shingles are not judged.

    Fix: keep one of each: a model learns by heart what it sees often. Look at the pairs first: templates that are
    filled in differently look like this too.
    """
    _looked_into(evidence)
    return _copies(evidence.cleanliness.near, evidence, limit, "nearly the same as others")


def boilerplate(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Lines that stand in several documents hold much of the text: menus, notices, headers and footers.

    The first document of each line is not counted. What stands in whole copies is in here too: the two overlap.

    Fix: look at the lines that the report names: cut out what many documents share, and where whole documents are
    repeated keep one of each.
    """
    _looked_into(evidence)
    clean = evidence.cleanliness
    repeated = clean.lines.repeated
    if clean.lines.share > limit and repeated.certain:
        top = clean.top_lines[:1]
        named = f"; the most in '{printable(top[0].text, 60)}'" if top else ""
        yield Observation(
            f"{estimated(repeated.utf8_bytes, repeated.margin, repeated.exact)} are lines that other documents have "
            f"too, {percent(clean.lines.share)} of the bytes of lines{named}",
            clean.lines.share,
        )


def less_usable(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Copies and debris are so much of the corpus that its size flatters. The limit is the share that is no use.

    Fix: take out copies and debris, then count again.
    """
    _looked_into(evidence)
    clean = evidence.cleanliness
    lost = 1 - clean.usable_share
    usable = estimated(clean.usable_bytes, clean.usable.margin, clean.complete)
    if clean.raw_bytes and lost > limit:
        yield Observation(
            f"{usable} of {size(clean.raw_bytes)} are usable: {percent(lost)} is copies and debris",
            lost,
        )


def less_usable_of(source: SourceReport, limit: float) -> Iterable[Observation]:
    """The same of one source."""
    lost = 1 - source.usable_share
    if source.utf8_bytes and lost > limit:
        elsewhere = size(source.copies_elsewhere_bytes)
        yield Observation(
            f"{size(source.usable_bytes)} of {size(source.utf8_bytes)} are usable: {percent(lost)} is copies and debris"
            + (f", {elsewhere} of it copies of other sources" if source.copies_elsewhere_bytes else ""),
            lost,
        )


RULES = (
    *(
        Rule(
            rule.id,
            rule.name,
            "warning",
            of_documents(rule),
            rule.allowed,
            "share",
            needs="near copies" if rule.needs_shingles else "documents",
        )
        for rule in DOCUMENT_RULES
    ),
    Rule("CC413", "leftover-markup", "warning", leftover_markup, 0.01, "share", needs="documents"),
    Rule("CC414", "many-addresses", "info", many_addresses, 0.05, "share", needs="documents"),
    Rule("CC415", "personal-data", "info", personal_data, unit="documents", needs="documents"),
    Rule("CC416", "less-usable", "warning", less_usable, 0.2, "share", needs="documents", of_source=less_usable_of),
)

COPY_RULES = (
    Rule("CC501", "exact-copies", "warning", exact_copies, 0.05, "share"),
    Rule("CC502", "normalised-copies", "warning", normalised_copies, 0.05, "share", needs="documents"),
    Rule("CC503", "near-copies", "warning", near_copies, 0.05, "share", needs="near copies"),
    Rule("CC504", "boilerplate", "warning", boilerplate, 0.15, "share", needs="documents"),
)
