"""What a scan is asked to do: one frozen value, the same from the command line and from Python."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from encodings.aliases import aliases
from typing import Any, Literal, get_args

from corpuscheck.errors import UsageError, did_you_mean
from corpuscheck.option import option, options_of
from corpuscheck.text.printable import printable
from corpuscheck.text.quantities import COUNT, SHARE, SIZE_OR_ALL, size_in
from corpuscheck.text.word_patterns import PATTERNS as WORD_PATTERNS
from corpuscheck.values.fitting import fitted, known_names

CONFIGURATION_FILE = "corpuscheck.toml"

DocumentMode = Literal["file", "line", "blank-line", "wikiextractor"]
LayoutChoice = Literal["auto", "text", "jsonl", "json", "csv", "tsv", "wikiextractor", "mbox", "html", "xml"]
LAYOUTS: tuple[str, ...] = get_args(LayoutChoice)
Severity = Literal["error", "warning", "info"]
FailOn = Literal["error", "warning", "never"]
ModelName = Literal["wordpiece", "bpe", "unigram"]
CacheKey = Literal["mtime", "content"]

REPORT_FORMATS = {
    "text": "terminal.report",
    "concise": "ci.concise",
    "json": "json.report",
    "markdown": "markdown.report",
    "html": "html.report",
    "github": "ci.github",
    "gitlab": "ci.gitlab",
    "junit": "ci.junit",
    "sarif": "ci.sarif",
}
"""The formats of a report by name, and the module of `reports` that renders each."""


def available_processors() -> int:
    """The processors this process may use, which a container often has fewer of than the machine."""
    if hasattr(os, "process_cpu_count"):
        return int(os.process_cpu_count() or 1)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True)
class Preset:
    """The layout of a widely used corpus: where its text is, and what one document is in plain text."""

    says: str
    text_field: str = ""
    document: DocumentMode = "file"


PRESETS: dict[str, Preset] = {
    "nikl": Preset("모두의 말뭉치, written", "document[].paragraph[].form"),
    "nikl-spoken": Preset("모두의 말뭉치, spoken", "document[].utterance[].form"),
    "nikl-sentences": Preset("모두의 말뭉치, annotated", "document[].sentence[].form"),
    "aihub-summary": Preset("AI Hub document summaries", "documents[].text[][].sentence"),
    "aihub-mrc": Preset("AI Hub machine reading", "data[].paragraphs[].context"),
    "korquad": Preset("KorQuAD 1", "data[].paragraphs[].context"),
    "squad": Preset("SQuAD", "data[].paragraphs[].context"),
    "hf": Preset("Hugging Face data sets", "text"),
    "wikiextractor": Preset("WikiExtractor, <doc> blocks", document="wikiextractor"),
}


HINTS: dict[str, tuple[str, ...]] = {
    "ko": ("cp949", "johab"),
    "ja": ("cp932", "euc_jp"),
    "zh": ("gb18030", "cp950"),
    "zh-tw": ("cp950", "big5hkscs"),
    "ru": ("cp1251", "koi8_r", "cp866"),
    "uk": ("cp1251", "koi8_u"),
    "pl": ("cp1250", "iso8859_2"),
    "cs": ("cp1250", "iso8859_2"),
    "hu": ("cp1250", "iso8859_2"),
    "el": ("cp1253", "iso8859_7"),
    "tr": ("cp1254",),
    "he": ("cp1255",),
    "ar": ("cp1256",),
    "lt": ("cp1257",),
    "vi": ("cp1258",),
    "th": ("cp874",),
    **dict.fromkeys(("en", "fr", "de", "es", "pt", "it", "nl", "sv", "da", "no", "fi"), ("cp1252",)),
}
"""The codecs that a language was usually written in, for files that are too short to tell."""


@dataclass(frozen=True)
class Reading:
    """How files become documents, as a user asks for it. `hint` is the language of files of uncertain encoding."""

    include: tuple[str, ...] = option((), "--include PATTERN", "Only files matching this gitignore pattern.")
    exclude: tuple[str, ...] = option((), "--exclude PATTERN", "No files matching this gitignore pattern.")
    document: DocumentMode = option("file", "--document", "What one document is in plain text.")
    layout: LayoutChoice = option(
        "auto", "--layout", "What files are whose names do not say (.txt, .md, none); auto: their content says."
    )
    text_fields: tuple[str, ...] = option(
        (), "--text-field PATH", "Key, column or path that holds the text, such as 'document[].paragraph[].form' "
        "(repeat to join several). Found by itself otherwise."
    )  # fmt: skip
    encoding: str | None = option(None, "--encoding CODEC", "Read every file in this encoding instead of detecting it.")
    hint: str | None = option(None, "--hint LANG", "Language of files too short to tell their encoding: ko, ja, …")
    skip_front_matter: bool = option(False, "--skip-front-matter", "Leave out YAML front matter of plain text files.")
    strip_markup: bool = option(False, "--strip-markup", "Read HTML and XML without markup (needs corpuscheck[html]).")
    follow_links: bool = option(
        False, "--follow-links", "Follow symbolic links that lead out of PATH or to hidden files."
    )

    def described(self) -> str:
        """What was asked for, for a person; empty for the defaults."""
        asked = [
            (name, getattr(self, name))
            for name, known in self.__dataclass_fields__.items()
            if getattr(self, name) != known.default
        ]
        return "; ".join(f"{name} {', '.join(v) if isinstance(v, tuple) else v}" for name, v in asked)


@dataclass(frozen=True)
class Training:
    """How a tokenizer is trained when none is given.

    Its alphabet is every character that there is room for, unless `limit_alphabet` or `character_coverage` decides.
    `special` are further special tokens, `unused` the number of places that are kept for later.
    """

    model: ModelName = option(
        "wordpiece", "--model", "What is trained: WordPiece, byte-level BPE, or Unigram with byte fallback."
    )
    vocab_size: int = option(32_000, "--vocab-size", "Pieces of a trained tokenizer.", COUNT)
    character_coverage: float | None = option(
        None, "--character-coverage",
        "The fewest characters that make up this share of the text. Default: all, while there is room.", SHARE
    )  # fmt: skip
    limit_alphabet: int | None = option(
        None, "--limit-alphabet N", "Exactly the N most frequent characters instead.", COUNT
    )
    lowercase: bool = option(False, "--lowercase", "Lowercase and strip accents (this takes Hangul apart).")
    train_bytes: int = option(
        "16MB", "--train-bytes",
        "Text to learn longer pieces from, or the word all; the alphabet always comes from all of it.", SIZE_OR_ALL
    )  # fmt: skip
    held_out_share: float = option(0.1, reads=SHARE)
    unused: int = option(0, "--unused N", "Keep N places for later, as pieces [unused0], [unused1], …", COUNT)
    special: tuple[str, ...] = option((), "--special TOKEN", "A further special token, such as [DOC] (repeat).")


@dataclass(frozen=True)
class Limits:
    """The rule of thumb and the limits that findings are judged by. Sizes are bytes, 1 GB = 10⁹."""

    target_bytes: int = option(
        "4GB", "--target", "The rule of thumb for enough text; 1 GB is 10⁹ bytes.", size_in("GB")
    )
    articles_per_gb: int = option(256_000, "--articles-per-gb", "News articles in one GB.", COUNT)
    min_bytes: int = option(0, "--min-size", "Less text than this is an error.", size_in("MB"))
    max_unk_rate: float = option(0.01, "--max-unk-rate", "A larger share of [UNK] words is an error.", SHARE)
    max_shattered_rate: float = option(
        0.01, "--max-shattered-rate",
        "A larger share of words in tokens that are no whole characters is an error.", SHARE
    )  # fmt: skip
    max_unk_increase: float = option(
        0.001, "--max-unk-increase",
        "A larger rise of either share since the baseline is an error (0.001 is 0.1 points).", SHARE
    )  # fmt: skip
    max_shrinkage: float = option(
        0.01, "--max-shrinkage", "A larger loss of text since the baseline is an error.", SHARE
    )
    max_contaminated: int = option(
        0, "--max-contaminated", "More documents of a benchmark (--against) in the corpus are an error.", COUNT
    )

    def __post_init__(self) -> None:
        problems = (
            (self.target_bytes < 1, "--target must be above zero, as in 4GB"),
            (self.articles_per_gb < 1, "--articles-per-gb must be 1 or more"),
            (self.min_bytes < 0, "--min-size must be 0 or more"),
            (not 0 <= self.max_unk_rate <= 1, "--max-unk-rate must lie between 0 and 1 (0.01 is 1 %)"),
            (not 0 <= self.max_shattered_rate <= 1, "--max-shattered-rate must lie between 0 and 1 (0.01 is 1 %)"),
            (
                not 0 <= self.max_unk_increase <= 1,
                "--max-unk-increase must lie between 0 and 1 (0.001 is 0.1 points)",
            ),
            (not 0 <= self.max_shrinkage <= 1, "--max-shrinkage must lie between 0 and 1 (0.01 is 1 %)"),
            (self.max_contaminated < 0, "--max-contaminated must be 0 or more"),
        )
        _refuse(problems)


@dataclass(frozen=True)
class Policy:
    """Which rules are judged, how gravely, and what fails the gate.

    `select` and `ignore` name rules by id, prefix of an id, or name; `severity` and `limit` are by rule id. The rules
    in `per_source` are judged for each source by itself.
    `config` is the configuration file, `lines` the line in it that sets a rule's limit.
    """

    select: tuple[str, ...] = option((), "--select RULE", "Judge only these rules, by id, prefix or name.")
    ignore: tuple[str, ...] = option((), "--ignore RULE", "Do not judge these rules.")
    severity: Mapping[str, Severity] = option(
        dict, "--severity RULE=SEVERITY", "Judge a rule as error, warning or info."
    )
    limit: Mapping[str, float | str] = option(
        dict, "--limit RULE=NUMBER", "Set the limit of a rule, such as 2% or 30k."
    )
    per_source: tuple[str, ...] = option((), "--per-source RULE", "Judge this rule by source: the finding names it.")
    fail_on: FailOn = option("error", "--fail-on", "The least grave finding that gives exit status 1.")
    strict: bool = option(False, "--strict", "A rule that cannot be judged is an error.")
    config: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Budgets:
    """How many bytes of text an estimate looks at, at most: more of it takes longer and says little more."""

    tokens: int = 1_000_000
    """To be encoded, and looked through for what went wrong before."""
    curve: int = 8_000_000
    """For the alphabet curve, where the alphabet is not known before the reading."""
    compared: int = 8_000_000
    """To be encoded with each of several tokenizers: tokens of less text are counted, of more are estimated."""
    domain: int = 4_000_000
    fertility: int = 200_000
    """To be encoded with the tokenizers of references."""
    lines: int = 2_000_000
    """Of lines, from which the most frequent ones are drawn."""
    forecast: int = 32_000_000
    """Of whole documents."""


BUDGETS = Budgets()

_EACH_WAY = ("folder", "path", "file", "script")
_WAYS = re.compile(r"folder(:[1-9]\d?)?|path|file|script|field:[^\0]+", re.DOTALL)
"""How sources can be told apart."""


@dataclass(frozen=True)
class Settings:
    """Everything a scan depends on besides the corpus."""

    reading: Reading = field(default_factory=Reading)
    training: Training = field(default_factory=Training)
    limits: Limits = field(default_factory=Limits)
    policy: Policy = field(default_factory=Policy)
    budgets: Budgets = field(default_factory=lambda: BUDGETS)
    preset: str | None = option(None, "--preset NAME", f"A known layout: {', '.join(PRESETS)}.")
    tokenizer: str | None = option(
        None, "--tokenizer PATH",
        "tokenizer.json, vocab.txt, vocab.json with merges.txt, SentencePiece .model, file of tiktoken, folder, or a "
        "name on the Hub such as klue/bert-base. Otherwise one is trained.", path=True
    )  # fmt: skip
    tokenizer_pattern: str | None = option(
        None, "--tokenizer-pattern NAME",
        f"How a file of tiktoken cuts words, where its name does not tell: {', '.join(WORD_PATTERNS)}, or a regular "
        "expression."
    )  # fmt: skip
    survey: str | None = option(
        None, "--survey FILE", "Judge by the tokenizer that 'corpuscheck survey' made from the same text.", path=True
    )  # fmt: skip
    baseline: str | None = option(
        None, "--baseline FILE", "Compare with this saved profile, by its own tokenizer.", path=True
    )
    references: tuple[str, ...] = option(
        (), "--reference FILE",
        "Compare with this general text, from 'corpuscheck reference build' (repeat for several).", path=True
    )  # fmt: skip
    against: tuple[str, ...] = option(
        (), "--against PATH",
        "Look for these texts, which the model will be tested with: a file, a folder or an address (repeat for "
        "several).", path=True
    )  # fmt: skip
    against_fields: tuple[str, ...] = option(
        (), "--against-field PATH",
        "Key, column or path that holds their text, such as question (repeat to join several). Found by itself "
        "otherwise."
    )  # fmt: skip
    forecast: bool = option(False)
    clean: bool = option(True, "--clean/--no-clean", "Look into each document for debris, copies and what is doubtful.")
    near_duplicates: bool = option(
        True, "--near-duplicates/--no-near-duplicates",
        "Find documents that are nearly the same, and what a document repeats."
    )  # fmt: skip
    count_tokens: bool = option(
        False, "--count-tokens", "Count every token, also where the scan could do without: else they are estimated."
    )
    by: str | None = option(
        None, "--by WAY",
        "Tell sources apart by folder (the first level at which paths differ; folder:2 takes one more), by the given "
        "path, by file, by script, or by a field of records, as in field:source or field:meta.set. Found by itself "
        "where it is obvious."
    )  # fmt: skip
    cache: str | None = option(
        None, "--cache-dir DIR", "Where what was measured is kept, so that only changed files are read again.",
        otherwise=".corpuscheck_cache", path=True
    )  # fmt: skip
    cache_key: CacheKey = option(
        "mtime", "--cache-key", "How a changed file is known: by size and time, or by its content."
    )
    dask: str | None = option(
        None, "--dask ADDRESS",
        "Measure on the workers of this Dask scheduler: its address, its file, or the word local (needs "
        "corpuscheck[dask])."
    )  # fmt: skip
    work: str | None = option(
        None, "--work DIR",
        "With --dask: a folder that all workers reach, for what they have measured; a scan that is run again goes on "
        "from there.", path=True
    )  # fmt: skip
    jobs: int = option(available_processors, "--jobs", "Workers. Default: the processors this process may use.", COUNT)

    def __post_init__(self) -> None:
        training = self.training
        problems = (
            (
                self.reading.hint is not None and self.reading.hint not in HINTS,
                f"--hint knows the languages {', '.join(HINTS)}{did_you_mean(self.reading.hint or '', HINTS)}",
            ),
            (self.reading.encoding is not None and not _is_text_codec(self.reading.encoding), _unknown_codec(self)),
            (self.reading.layout not in LAYOUTS, f"--layout is one of {', '.join(LAYOUTS)}"),
            (
                self.by is not None and not _WAYS.fullmatch(self.by),
                f"--by is {', '.join(_EACH_WAY)}, folder:2 or field:NAME{did_you_mean(self.by or '', _EACH_WAY)}",
            ),
            (
                bool(self.against) and not self.clean,
                "--against needs --clean, which looks into each document",
            ),
            (
                bool(self.against_fields) and not self.against,
                "--against-field says where the text of --against is: name that too",
            ),
            (self.by == "script" and not self.clean, "--by script needs --clean, which looks into each document"),
            (self.jobs < 1, "--jobs must be 1 or more"),
            (training.vocab_size < 1, "--vocab-size must be 1 or more"),
            (training.vocab_size > 10_000_000, "--vocab-size must be 10,000,000 or less"),
            (
                training.character_coverage is not None and not 0 < training.character_coverage <= 1,
                "--character-coverage must be above 0 and at most 1",
            ),
            (
                training.limit_alphabet is not None and training.limit_alphabet < 1,
                "--limit-alphabet must be 1 or more",
            ),
            (training.model not in get_args(ModelName), f"--model is one of {', '.join(get_args(ModelName))}"),
            (
                training.lowercase and training.model != "wordpiece",
                f"--lowercase is for --model wordpiece: {training.model} keeps text as it is",
            ),
            (training.train_bytes < 1, "--train-bytes must be 1 or more"),
            (not 0 <= training.held_out_share < 1, "held_out_share must be 0 or more and below 1"),
            (not 0 <= training.unused <= 100_000, "--unused must lie between 0 and 100,000"),
            (
                not all(_can_be_special(token) for token in training.special),
                "--special takes tokens of two characters or more without white space, such as [DOC]",
            ),
        )
        _refuse(problems)


def _can_be_special(token: str) -> bool:
    return len(token) > 1 and token.isprintable() and " " not in token and not token.startswith("##")


def _refuse(problems: Iterable[tuple[bool, str]]) -> None:
    for wrong, message in problems:
        if wrong:
            raise UsageError(message)


def _is_text_codec(name: str) -> bool:
    """Whether files can be in it; idna, punycode and undefined cannot replace what is invalid."""
    try:
        b"\xff".decode(name, "replace")
        return codecs.lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        return False


def _unknown_codec(settings: Settings) -> str:
    name = settings.reading.encoding or ""
    hint = did_you_mean(name.lower(), {*aliases.keys(), *aliases.values()})
    return f"--encoding '{name}' is no text encoding that Python knows, such as utf-8 or cp949{hint}"


def _as_number(name: str, value: Any) -> Any:
    """Text as the command line reads it; numbers as they are."""
    reads = OPTIONS[name].reads if name in OPTIONS else None
    if reads is None or not isinstance(value, str):
        return value
    try:
        return reads.parse(value)
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from None


_GROUPS: dict[str, Any] = {"reading": Reading, "training": Training, "limits": Limits, "policy": Policy}
OPTIONS = {name: known for kind in (*_GROUPS.values(), Settings) for name, known in options_of(kind).items()}
NAMES = {known.key: name for name, known in OPTIONS.items() if known.flag}
"""The names in Python by those on the command line."""


def settings_from(**options: Any) -> Settings:
    """Settings from one flat set of names. Raises UsageError for a name that none of the groups has, and for a value
    that does not fit its name."""
    if options.get("jobs", 0) is None:  # as many as there are processors
        del options["jobs"]
    preset = options.get("preset")
    if preset is not None:
        if not isinstance(preset, str) or preset not in PRESETS:
            hint = did_you_mean(preset, PRESETS) if isinstance(preset, str) else ""
            raise UsageError(f"--preset knows no '{printable(str(preset))}': there are {', '.join(PRESETS)}{hint}")
        if PRESETS[preset].text_field and not options.get("text_fields"):
            options["text_fields"] = (PRESETS[preset].text_field,)
        if PRESETS[preset].document != "file":
            options["document"] = PRESETS[preset].document
    options = {name: _as_number(name, value) for name, value in options.items()}
    kinds = {group: kind for group, kind in _GROUPS.items() if group not in options}
    owners = {name: group for group, kind in kinds.items() for name in options_of(kind)}
    own = [name for name in Settings.__dataclass_fields__ if name not in kinds]
    known_names(options, [*owners, *own], NAMES)
    groups = {
        group: kind(**fitted(kind, {name: value for name, value in options.items() if owners.get(name) == group}))
        for group, kind in kinds.items()
    }
    return Settings(**groups, **fitted(Settings, {name: options[name] for name in own if name in options}))
