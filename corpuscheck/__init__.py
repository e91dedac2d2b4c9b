"""corpuscheck: is this corpus ready to pretrain a language model on?

from corpuscheck import scan

result = scan("data", tokenizer="vocab.txt")
print(result.verdict, result.profile.words.unk_rate)

All functions print nothing, and raise `CorpuscheckError` with the reason and what to do where they cannot answer. What
they return has `to_dict()`, which is the JSON report, and shows itself as a table in a notebook. Sizes are bytes
(1 GB = 10⁹), rates and shares lie between 0 and 1.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, Unpack, overload

from corpuscheck._version import __version__
from corpuscheck.errors import CorpuscheckError

if TYPE_CHECKING:
    from corpuscheck.api import Paths, Scan
    from corpuscheck.cleaning.outcome import Cleaned
    from corpuscheck.domain.sides import Sides
    from corpuscheck.estimates.comparison import TokenizerComparison
    from corpuscheck.estimates.drawn import Drawn
    from corpuscheck.estimates.estimate import Estimate
    from corpuscheck.options import (
        CleanOptions,
        EstimateOptions,
        PeekOptions,
        SampleOptions,
        ScanOptions,
        TrainingOptions,
    )
    from corpuscheck.profile.profile import Profile
    from corpuscheck.result.result import Finding, Result
    from corpuscheck.result.trained import Trained
    from corpuscheck.running.showing import Peek

__all__ = [
    "Cleaned", "CorpuscheckError", "Drawn", "Estimate", "Finding", "Peek", "Profile", "Result", "Scan", "Sides",
    "TokenizerComparison", "__version__", "clean", "compare", "estimate", "peek", "sample", "scan", "train",
]  # fmt: skip

_WHERE = {
    "Cleaned": "cleaning.outcome",
    "Drawn": "estimates.drawn",
    "Estimate": "estimates.estimate",
    "Finding": "result.result",
    "Peek": "running.showing",
    "Profile": "profile.profile",
    "Result": "result.result",
    "Scan": "api",
    "Sides": "domain.sides",
    "TokenizerComparison": "estimates.comparison",
}
"""Classes that are imported when they are asked for, so that --help stays quick."""


def scan(
    paths: Paths,
    *,
    tokenizer: str | os.PathLike[str] | None = None,
    documents: str | os.PathLike[str] | None = None,
    **options: Unpack[ScanOptions],
) -> Result:
    """Measure a corpus and judge it.

    Args:
        paths: a file or a folder, or several.
        tokenizer: a tokenizer.json, a vocab.txt, a SentencePiece model, another file that is read, or its folder; one
            is trained where it is left out.
        documents: a file that a row for each document is written to, .jsonl.zst or .parquet.
        options: as on the command line, see `corpuscheck.options.ScanOptions`: ``document="line"``,
            ``text_fields="body"``, ``vocab_size=16_000``, ``target_bytes=10**9``, ``severity={"CC201": "info"}``,
            ``baseline="base.ccp"``, ``against="eval.jsonl"``, ``jobs=1``. Their meaning and defaults are in
            `corpuscheck.settings`.

    Returns:
        The result: `verdict` ('ready', 'caution' or 'not_ready'), `findings` (the gravest first), `tokenizer` (what is
        lost and why), `cleanliness`, `profile` (all figures; ``profile.save("base.ccp")`` keeps it).

    Raises:
        CorpuscheckError: the corpus could not be checked; the message says why and what to do.
    """
    from corpuscheck.api import run_scan, settings_for
    from corpuscheck.options import ScanOptions
    from corpuscheck.values.fitting import path_list, path_of

    place = "" if documents is None else path_of("documents", documents)
    given = {"tokenizer": tokenizer, **options}
    settings = settings_for(given, ("tokenizer", *ScanOptions.__annotations__))
    return run_scan(path_list(paths), settings, documents=place).result


def estimate(
    sample: Paths | None = None,
    *,
    tokenizer: str | os.PathLike[str] | None = None,
    **options: Unpack[EstimateOptions],
) -> Estimate:
    """How many documents are missing, how long they take, what they can feed, what a tokenizer will lose at full size.

    Args:
        sample: files and folders drawn at random, or one saved profile (.ccp). Without it `articles` and
            `mean_bytes` are needed: how many documents there are, and their mean size in bytes.
        tokenizer: counts the tokens of the sample; one is trained where it is left out.
        options: what is known of the collection, and how the sample is read, see `corpuscheck.options.EstimateOptions`:
            ``available`` documents that could be had in all, ``per_day`` that can be collected in a day, ``usable``,
            the share of the text that survives cleaning, above 0 and at most 1 (measured where it is left out),
            ``target_bytes``, the size aimed at in bytes of UTF-8, ``articles_per_gb``, the rule of thumb,
            ``parameters`` of a model to feed and ``epochs``, passes over the text that you would make. Their defaults
            are in `corpuscheck.estimates.plan`.

    Returns:
        The estimate. `missing`, `days`, `collectable`, `tokens` and the `forecasts` are figures: `value`, the interval
        from `low` to `high` (90 %), `kind` ('given', 'measured', 'rule' or 'forecast'); where a figure is not `known`,
        `unknown` says why.

    Raises:
        CorpuscheckError: numbers that cannot be, or a sample that cannot be read.
    """
    from corpuscheck.api import estimate as estimated
    from corpuscheck.api import settings_for
    from corpuscheck.errors import UsageError
    from corpuscheck.estimates.plan import Plan
    from corpuscheck.options import ReadingOptions
    from corpuscheck.values.fitting import fitted, path_list

    said, given = _parted(options, Plan.__dataclass_fields__)
    plan, paths = Plan(**fitted(Plan, said)), [] if sample is None else path_list(sample)
    settings = settings_for({"tokenizer": tokenizer, **given}, ("tokenizer", *ReadingOptions.__annotations__))
    unread = not paths or (len(paths) == 1 and paths[0].endswith(".ccp"))
    if unread and (tokenizer is not None or given.keys() - {"jobs"}):
        name = min(given.keys() - {"jobs"}, default="tokenizer")
        raise UsageError(f"{name} is for a sample of the text: no text is read here")
    return estimated(paths, plan, settings)


def train(paths: Paths, folder: str | os.PathLike[str] | None = None, **options: Unpack[TrainingOptions]) -> Trained:
    """Train the WordPiece tokenizer that a corpus should be pretrained with.

    Args:
        paths: a file or a folder, or several.
        folder: where tokenizer.json, vocab.txt, tokenizer_config.json and a card are saved, as `transformers` loads
            them; nothing is saved where it is left out.
        options: how the text is read and the tokenizer trained, see `corpuscheck.options.TrainingOptions`.

    Returns:
        `artefact`, made from all of the text (`vocab_size`, `fingerprint`, and `tokenizer`, a `tokenizers.Tokenizer`),
        and how it was judged: ``judged.held_out_unk_rate`` is the share of words that one made in the same way without
        the held-out tenth loses there.

    Raises:
        CorpuscheckError: there is no text, or the folder cannot be written to.
    """
    from corpuscheck.api import settings_for
    from corpuscheck.api import train as trained
    from corpuscheck.options import TrainingOptions
    from corpuscheck.values.fitting import path_list, path_of

    settings = settings_for(dict(options), TrainingOptions.__annotations__)
    return trained(path_list(paths), None if folder is None else path_of("folder", folder), settings)


@overload
def compare(paths: Paths) -> Sides: ...
@overload
def compare(
    paths: Paths,
    tokenizers: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    train: bool = False,
    **options: Unpack[TrainingOptions],
) -> TokenizerComparison: ...
@overload
def compare(
    paths: Paths, tokenizers: Sequence[str] = (), *, train: Literal[True], **options: Unpack[TrainingOptions]
) -> TokenizerComparison: ...
def compare(
    paths: Paths,
    tokenizers: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
    *,
    train: bool = False,
    **options: Unpack[TrainingOptions],
) -> TokenizerComparison | Sides:
    """Put tokenizers side by side on the same text, or saved profiles side by side.

    Args:
        paths: the text; or, without tokenizers, two or more saved profiles or references (.ccp).
        tokenizers: two or more paths, one if `train`.
        train: also one that is trained on this text, and judged on a tenth of it that is held out.
        options: how the text is read and that tokenizer trained, see `corpuscheck.options.TrainingOptions`.

    Returns:
        Of tokenizers: `rows`, one for each in the order given (`unk_rate`; `tokens`, `tokens_per_word` and
        `bytes_per_token`, with a 95 % interval where they are estimated), and which one is `recommended`, with the
        `reason`. Of profiles: `sides`, and `distances` in bits by pairs of their numbers from 0, None where there is
        too little text.

    Raises:
        CorpuscheckError: too few of either, or one that cannot be read.
    """
    from corpuscheck.api import compare_profiles, compare_tokenizers, settings_for
    from corpuscheck.errors import UsageError
    from corpuscheck.options import TrainingOptions
    from corpuscheck.values.fitting import flag, path_list

    found = path_list(paths)
    named = [] if tokenizers in ((), []) else path_list(tokenizers)
    wanted = flag("train", train)
    settings = settings_for(dict(options), TrainingOptions.__annotations__)
    if not all(path.endswith(".ccp") for path in found):
        return compare_tokenizers(found, named, wanted, settings)
    if named or wanted or options:
        raise UsageError("saved profiles are compared with each other: name two or more, no tokenizers and no options")
    return compare_profiles(found)


def peek(paths: Paths, **options: Unpack[PeekOptions]) -> Peek:
    """Documents of a corpus: typical ones, the worst by a rule, or those that hold a word.

    Args:
        paths: a file or a folder, or several.
        options: what is shown, and how the text is read, see `corpuscheck.options.PeekOptions`: ``rule``, an id or a
            name, such as 'CC405' or 'exact-copies', or ``words``, a text, a character as 'U+B63B', or several of them;
            another ``seed`` draws other documents; ``count``, documents or pairs of copies; ``excerpt``, about how
            many bytes of each document are kept. Their defaults are in `corpuscheck.peeking.view`.

    Returns:
        `documents` in all, how many of them `held` what was asked for, and `shown`: each with its `place`, `why` it is
        shown, and its `excerpt` (`text`, and `marks` of trouble by characters from 0). Values of personal data are
        masked.

    Raises:
        CorpuscheckError: a rule that names no documents, or text that cannot be read.
    """
    from corpuscheck.api import peek as look
    from corpuscheck.api import settings_for
    from corpuscheck.options import ReadingOptions
    from corpuscheck.peeking.criteria import view_of
    from corpuscheck.peeking.view import View
    from corpuscheck.values.fitting import path_list

    asked, given = _parted(options, View.__dataclass_fields__)
    return look(path_list(paths), view_of(asked), settings_for(given, ReadingOptions.__annotations__))


def clean(
    paths: Paths, out: str | os.PathLike[str] | None = None, *, force: bool = False, **options: Unpack[CleanOptions]
) -> Cleaned:
    """Write a clean copy of a corpus: each text once, without debris, in UTF-8. The corpus is never changed.

    Args:
        paths: a file or a folder, or several.
        out: the folder of the clean copy, which is made; where it is left out nothing is written, and what is returned
            says what would be.
        force: replace an older clean copy of this name.
        options: what is done besides, in which form the text is written, and how it is read, see
            `corpuscheck.options.CleanOptions`: ``nfc=True``, ``drop=["CC405"]``, ``to="parquet"``. Their defaults are
            in `corpuscheck.cleaning.plan`.

    Returns:
        What stays and what goes: `documents_kept`, `bytes_kept`, `documents_removed`, `bytes_removed`, and the
        `waterfall` with what each rule takes out. `to_dict()` is the manifest of the copy.

    Raises:
        CorpuscheckError: a folder that is taken or lies in the corpus, or text that cannot be read or written.
    """
    from corpuscheck.api import clean as cleaned
    from corpuscheck.api import settings_for
    from corpuscheck.cleaning.plan import SETTINGS, CleanPlan
    from corpuscheck.options import ReadingOptions
    from corpuscheck.values.fitting import fitted, flag, path_list, path_of

    said, given = _parted(options, CleanPlan.__dataclass_fields__)
    plan = CleanPlan(**fitted(CleanPlan, said))
    settings = settings_for(given, (*SETTINGS, *ReadingOptions.__annotations__))
    place = None if out is None else path_of("out", out)
    return cleaned(path_list(paths), place, plan, settings, force=flag("force", force))


def sample(
    paths: Paths, output: str | os.PathLike[str], *, force: bool = False, **options: Unpack[SampleOptions]
) -> Drawn:
    """Draw whole documents of a corpus at random, and write them as JSON lines.

    What is drawn depends on the text of each document and the seed alone, not on files, formats and their order.

    Args:
        paths: a file or a folder, or several.
        output: a folder, for sample.jsonl.zst in it, or a file whose name ends in .jsonl.zst.
        force: write over a sample that is there already.
        options: how much is drawn, and how the text is read, see `corpuscheck.options.SampleOptions`: one of ``share``
            of the documents, above 0 and at most 1, ``documents``, their number, and ``bytes`` of text; another
            ``seed`` draws others; ``by``, 'source', 'folder', 'path', 'file' or 'field:NAME', draws as much of each
            source.

    Returns:
        `documents` and `bytes` that were drawn, of `all_documents` and `all_bytes`; how many `documents` a forecast
        would have `needed`, 0 where these are enough; and the `path` of the sample.

    Raises:
        CorpuscheckError: no amount or several, a place that is taken or lies in the corpus, or text that cannot be
            read.
    """
    from corpuscheck.api import sample as drawn
    from corpuscheck.api import settings_for
    from corpuscheck.estimates.draw import Draw
    from corpuscheck.option import options_of
    from corpuscheck.options import ReadingOptions
    from corpuscheck.values.fitting import fitted, flag, path_list, path_of

    said, given = _parted(options, options_of(Draw))
    by = given.pop("by", None)
    draw = Draw(**fitted(Draw, said), equal=by is not None)
    settings = settings_for({**given, "by": None if by == "source" else by}, ("by", *ReadingOptions.__annotations__))
    return drawn(path_list(paths), draw, path_of("output", output), settings, force=flag("force", force))


def _parted(options: Mapping[str, Any], names: Collection[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options of these names, and the others."""
    own = {name: value for name, value in options.items() if name in names}
    return own, {name: value for name, value in options.items() if name not in own}


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"corpuscheck.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'corpuscheck' has no attribute '{name}'")
