"""CC710: what must not be in the corpus, since a model will be tested with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from corpuscheck.rules.rule import Evidence, NotJudgedError, Observation, Rule
from corpuscheck.text.amounts import count, percent, plural
from corpuscheck.text.printable import printable


def contamination(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Text that the model will be tested with stands in the corpus: its tests would tell what it knows by heart.

    Each document of a benchmark (--against) is cut into stretches of 13 words, or of 30 letters where scripts part no
    words; a shorter one is a stretch as a whole. They are compared without case, spaces, punctuation and marks, in
    whatever form of Unicode and with whatever digits. A document of which one stretch stands in the corpus counts. What
    many documents of the benchmark share, such as the wording of its tasks, does not.

    Fix: take the documents named here out of the corpus (corpuscheck clean --against does), or leave their tasks out
    when you test. Look at them first: what everybody quotes, such as a law, stands in a corpus without any harm.
    Option: --max-contaminated.
    """
    if not evidence.against:
        raise NotJudgedError("there is no benchmark to look for (--against FILE)")
    for found in evidence.against:
        if found.contaminated > limit:
            places = tuple(
                replace(worst.place, detail=f"{percent(worst.share)} of {worst.document.named}")
                for worst in found.worst
                if worst.place
            )
            yield Observation(
                f"{count(found.contaminated)} of {plural(found.documents, 'document')} of {printable(found.name, 200)} "
                f"stand in the corpus, {percent(found.share)} of all its stretches",
                found.contaminated,
                places,
            )


RULES = (
    Rule(
        "CC710", "contamination", "error", contamination, unit="documents", option="max_contaminated", needs="benchmark"
    ),
)
