"""What is told of a sample that was drawn."""

from __future__ import annotations

from corpuscheck.estimates.drawn import WORTH, Drawn
from corpuscheck.text.amounts import percent, plural, size
from corpuscheck.text.printable import printable


def told(drawn: Drawn) -> list[str]:
    """What was drawn, and what it takes to forecast from it."""
    place = printable(drawn.path, 300)
    share = percent(drawn.documents / drawn.all_documents)
    lines = [
        f"{plural(drawn.documents, 'document')} of {drawn.all_documents:,} ({share}), {size(drawn.bytes)} of "
        f"{size(drawn.all_bytes)}; written to {place}"
    ]
    if drawn.equal:
        few = sorted(drawn.sources.items(), key=lambda item: (-item[1], item[0]))
        named = ", ".join(f"{printable(name, 60)} {count:,}" for name, count in few[:10])
        more = f", and {plural(len(few) - 10, 'source')} more" if len(few) > 10 else ""
        return [*lines, f"by source: {named}{more}; sources have other shares in the corpus: do not forecast from it"]
    if drawn.whole:
        return [*lines, "this is all there is: there is nothing to forecast"]
    if drawn.needed:
        worth = f"{drawn.worth:,.0f} of equal size" if drawn.worth < WORTH else "less than 0.5 % of the text"
        return [
            *lines,
            f"to forecast from it, draw about {drawn.needed:,} documents: these are worth {worth}; forecasts need "
            f"{WORTH} and 0.5 % of the text",
        ]
    return [*lines, f"to forecast: corpuscheck estimate {place} --available {drawn.all_documents}"]
