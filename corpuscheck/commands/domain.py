"""The commands about general text to compare with: reference build, reference list."""

from __future__ import annotations

import click

from corpuscheck.commands.configured import Call, reading
from corpuscheck.commands.options import READING, RUN, TOKENIZER, TRAINING, options
from corpuscheck.commands.printing import print_line, print_text
from corpuscheck.text.amounts import plural
from corpuscheck.text.printable import printable


@click.group()
def reference() -> None:
    """General text that `scan` compares with."""


@reference.command()
@click.argument("name")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--output", metavar="FILE", help="Where it is saved. Default: NAME.ccp.")
@click.option("--strict", is_flag=True, help="Refuse to leave out a PATH that is no general text.")
@options(READING, TOKENIZER, TRAINING, RUN)
@reading
def build(call: Call, /, name: str, paths: tuple[str, ...], output: str | None, strict: bool) -> None:
    """Make a reference from several bodies of general text, each PATH one of them.

    A PATH is a folder, a file, or a profile saved by `scan --save`. One tokenizer is trained over all text together,
    unless --tokenizer names one. Take bodies of the kind that the corpus would be if it were general: an encyclopedia,
    news, novels, web pages; they say what is ordinary, beside the general text that is shipped for their language. A
    PATH that is text of a domain is left out.
    """
    from corpuscheck.api import build_reference
    from corpuscheck.commands.progress import tell
    from corpuscheck.domain.languages import named
    from corpuscheck.profile.files import LONGEST_PATH

    built = build_reference(name, paths, call.settings(), call.watch(), strict)
    made = built.reference
    target = output or f"{name}.ccp"
    made.save(target)
    if call.quiet:
        return
    languages = ", ".join(map(named, made.languages))
    told = f"{plural(len(made.sources), 'source')} of general text ({printable(languages)})"
    print_line(f"{told}; saved in {printable(target, LONGEST_PATH)}")
    for source, why in built.left_out:
        tell(f"{printable(source)} is left out: {printable(why, LONGEST_PATH)}")
    for one, other in built.alike:
        tell(f"{printable(one)} and {printable(other)} are the same kind of text")


@reference.command("list")
def listed() -> None:
    """Show what is shipped for each language: the bodies of text, their licences, and where they come from."""
    from corpuscheck.domain.language_shares import attribution
    from corpuscheck.domain.languages import LANGUAGES
    from corpuscheck.domain.shipped import shipped
    from corpuscheck.reports.terminal.references import render

    print_text(lambda console: render({code: shipped(code) for code in LANGUAGES}, attribution(), console))
