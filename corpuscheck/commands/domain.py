"""The commands about general text to compare with: reference build."""

from __future__ import annotations

import click

from corpuscheck.commands.configured import Call, reading
from corpuscheck.commands.options import READING, RUN, TOKENIZER, TRAINING, options
from corpuscheck.commands.printing import print_line
from corpuscheck.text.printable import printable


@click.group()
def reference() -> None:
    """General text that `scan --reference` compares with."""


@reference.command()
@click.argument("name")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--output", metavar="FILE", help="Where it is saved. Default: NAME.ccp.")
@options(READING, TOKENIZER, TRAINING, RUN)
@reading
def build(call: Call, /, name: str, paths: tuple[str, ...], output: str | None) -> None:
    """Make a reference from several bodies of general text, each PATH one of them.

    A PATH is a folder, a file, or a profile saved by `scan --save`. One tokenizer is trained over all text together,
    unless --tokenizer names one. Take bodies of the kind that the corpus would be if it were general: an encyclopedia,
    news, novels, web pages; they say what is ordinary.
    """
    from corpuscheck.api import build_reference
    from corpuscheck.commands.progress import tell
    from corpuscheck.domain.spread import SAME_SOURCE, outliers, spread_of
    from corpuscheck.profile.files import LONGEST_PATH

    made = build_reference(name, paths, call.settings(), call.watch())
    target = output or f"{name}.ccp"
    made.save(target)
    if call.quiet:
        return
    between = made.between()
    spread = spread_of([source.name for source in made.sources], between)
    sources = f"{len(made.sources)} source" + ("s" if len(made.sources) > 1 else "")
    told = f", {spread:.3f} bits from a source to its nearest, in the middle" if spread else ""
    print_line(f"{sources} of general text{told}; saved in {printable(target, LONGEST_PATH)}")
    if len(made.sources) < 2:
        tell("a single source cannot say what is ordinary: name two or more, better five")
    for (one, other), d in between.items():
        if one < other and d < SAME_SOURCE:
            tell(f"{printable(one)} and {printable(other)} are the same kind of text: they count as one source")
    for source, ratio in outliers(made):
        tell(
            f"{printable(source)} is {ratio:.1f} times as far from the others as these are from each other: is it "
            "general text? Leave it out, or build a reference of its kind"
        )
