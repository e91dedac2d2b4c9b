"""Load: a tokenizer's file, or the folder with it and the files beside it, as an artefact that can be judged."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tokenizers import Tokenizer, normalizers

from corpuscheck.errors import CorpuscheckError, TokenizerError
from corpuscheck.files.fetching import fetched
from corpuscheck.files.urls import local
from corpuscheck.files.writing import restore
from corpuscheck.settings import Settings
from corpuscheck.text.printable import printable
from corpuscheck.tokenizer.artefact import Artefact, Remark
from corpuscheck.tokenizer.families import BERT
from corpuscheck.tokenizer.folder import CONFIG, Folder
from corpuscheck.tokenizer.merges import MERGES, VOCABULARY, from_merges, has_merges
from corpuscheck.tokenizer.ranks import from_ranks, looks_like_ranks
from corpuscheck.tokenizer.sentencepiece import from_sentencepiece, looks_like_sentencepiece
from corpuscheck.tokenizer.trial import needs_trial, trouble_with
from corpuscheck.tokenizer.vocabulary import read_vocabulary

UNK = "[UNK]"
_IN_FOLDERS = (
    "tokenizer.json", "vocab.txt", VOCABULARY, "spiece.model", "spm.model", "tokenizer.model",
    "sentencepiece.bpe.model", "qwen.tiktoken", "cl100k_base.tiktoken", "o200k_base.tiktoken", "p50k_base.tiktoken",
    "r50k_base.tiktoken",
)  # fmt: skip
_BESIDE = (MERGES, CONFIG, "config.json", "special_tokens_map.json", "added_tokens.json")
_NAMELESS = Remark(
    f"{CONFIG} names no tokenizer_class and no config.json a model_type, so AutoTokenizer cannot open this folder; "
    "it is judged as BertTokenizer",
    f'add "tokenizer_class": "BertTokenizer" to {CONFIG}',
)
SPECIAL_TOKENS = ("[PAD]", UNK, "[CLS]", "[SEP]", "[MASK]")


def given_tokenizer(settings: Settings) -> Artefact | None:
    """The tokenizer that is named; None where one is trained. Raises TokenizerError."""
    if not settings.tokenizer:
        return None
    return load(settings.tokenizer, settings.training.lowercase or None, settings.tokenizer_pattern)


def load(path: str, lowercase: bool | None = None, pattern: str | None = None) -> Artefact:
    """The tokenizer at `path`, read with the files beside it as `transformers` reads it; at a URL, or by its name on
    the Hub, as ORG/NAME or ORG/NAME@REVISION.

    `lowercase` overrides what they say; `pattern` is the regular expression of a file of tiktoken, or its name. Raises
    TokenizerError with what to do.
    """
    path, copy = local(path), None
    try:
        with fetched(path, (*_IN_FOLDERS, *_BESIDE), _IN_FOLDERS) as copy:
            if copy is None:
                return _load(path, lowercase, pattern)
            artefact = _load(copy.place, lowercase, pattern)
            return replace(artefact, source=copy.told(artefact.source))
    except CorpuscheckError as error:
        if copy is None and isinstance(error, TokenizerError):
            raise
        raise TokenizerError(copy.told(str(error)) if copy else str(error)) from None


def _load(path: str, lowercase: bool | None, pattern: str | None) -> Artefact:
    place = Path(path)
    shown = printable(path, 200)
    for folder in (place.parent, place):
        restore(folder)
    if place.is_dir():
        return _load(str(_chief(place)), lowercase, pattern)
    try:
        return usable(_of_file(place, lowercase, pattern))
    except OSError as error:
        raise TokenizerError(f"{shown}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise TokenizerError(
            f"{shown}: not a tokenizer.json, vocab.txt, SentencePiece model or file of tiktoken (it is not UTF-8 text)"
        ) from None
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise TokenizerError(
            f"{shown}: the files beside it hold what transformers cannot read ({printable(str(error))})"
        ) from None


def _of_file(place: Path, lowercase: bool | None, pattern: str | None) -> Artefact:
    """What the content of a file makes it, whatever its name, but for vocab.json, which has merges.txt beside it."""
    shown = printable(str(place), 200)
    if place.name in (VOCABULARY, MERGES):
        return from_merges(place.parent)
    raw = place.read_bytes()
    if looks_like_sentencepiece(raw):
        with _refused(f"{shown}: not a valid SentencePiece model"):
            return from_sentencepiece(raw, place)
    if looks_like_ranks(raw):
        return from_ranks(raw, place, pattern)
    content = raw.decode("utf-8-sig")
    if not content.lstrip().startswith("{"):
        return _from_vocab(place, lowercase)
    definition = _checked(content, shown)
    return _from_json(definition, place, lowercase) if place.name == "tokenizer.json" else Artefact(definition, shown)


def _chief(folder: Path) -> Path:
    """The file that `transformers` would read. Raises TokenizerError where there is none."""
    for name in _IN_FOLDERS:
        if (folder / name).is_file() and (name != VOCABULARY or has_merges(folder)):
            return folder / name
    others = sorted(folder.glob("*.tiktoken"))
    if len(others) == 1:
        return others[0]
    shown, named = (
        printable(str(folder), 200),
        ", ".join(_IN_FOLDERS).replace(VOCABULARY, f"{VOCABULARY} with {MERGES}"),
    )
    raise TokenizerError(f"{shown}: this folder holds none of {named}")


def usable(artefact: Artefact) -> Artefact:
    """The same, tried. Raises TokenizerError where it cannot encode text, or lost words could not be counted."""
    _checked(artefact.definition, printable(artefact.source, 200))
    return _able(artefact)


def _able(artefact: Artefact) -> Artefact:
    artefact = artefact.marked()
    _ = artefact.unk_id
    shown = printable(artefact.source, 200)
    with _refused(f"{shown}: this tokenizer cannot encode text"):
        artefact.tokenizer.encode("a 가 1", add_special_tokens=False)
    return artefact


def _checked(content: str, shown: str) -> str:
    """The definition as the library writes it, after a trial where it holds patterns or tables of its own."""
    with _refused(f"{shown}: not a valid tokenizer.json"):
        parts = json.loads(content)
        if not isinstance(parts, dict) or not isinstance(parts.get("model"), dict):
            raise TokenizerError(f"{shown}: JSON, but not a tokenizer.json (it has no model)")
        if needs_trial(parts) and (trouble := trouble_with(content)):
            raise TokenizerError(f"{shown}: this tokenizer cannot be used ({printable(trouble, 300)})")
        return Tokenizer.from_str(content).to_str()


@contextmanager
def _refused(what: str) -> Iterator[None]:
    """Whatever the library raises as a TokenizerError: a bare Exception, or a panic that is none."""
    try:
        yield
    except (TokenizerError, KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:
        raise TokenizerError(f"{what} ({printable(str(error))})") from None


def _from_json(definition: str, place: Path, lowercase: bool | None) -> Artefact:
    """A tokenizer.json: as it stands, or its pieces in the way of the class that the files beside it name."""
    folder = Folder(place.parent)
    family = folder.family(place.name)
    parts = json.loads(definition)
    written = Artefact(definition, printable(str(place), 200))
    pieces = parts["model"].get("vocab")
    if family is None or family.keeps_json or not isinstance(pieces, dict):
        tokenizer = written.tokenizer
        folder.add_tokens(tokenizer, family, ())
        return replace(written, definition=tokenizer.to_str())
    unk = folder.unk_token(family)
    if unk not in pieces:
        raise TokenizerError(f"{written.source}: no piece '{printable(unk)}', the unknown token that {CONFIG} names")
    tokenizer = folder.wordpiece(pieces, family, lowercase)
    folder.add_tokens(tokenizer, family, parts.get("added_tokens") or ())
    return _with_contradiction(written, replace(written, definition=tokenizer.to_str()), folder)


def _with_contradiction(written: Artefact, made: Artefact, folder: Folder) -> Artefact:
    """The tokenizer that is made, with a remark where tokenizer.json says otherwise."""
    if written.settings == made.settings:
        return made
    remark = Remark(
        f"tokenizer.json says '{written.normalizer_text}', but transformers takes the settings of its class "
        f"{printable(folder.class_name)} from {CONFIG}, which makes it '{made.normalizer_text}'",
        f"write do_lower_case and strip_accents into {CONFIG} as you want them, or its tokenizer_class as "
        "PreTrainedTokenizerFast to take tokenizer.json as it stands",
    )
    return replace(made, remarks=(remark,))


def _from_vocab(place: Path, lowercase: bool | None) -> Artefact:
    """A WordPiece tokenizer over the pieces of a vocab.txt, one to a line."""
    folder = Folder(place.parent)
    family = BERT if folder.bare else folder.family("vocab.txt") or BERT
    vocabulary, remarks = read_vocabulary(place, folder.unk_token(family))
    if folder.config is not None and not folder.class_name:
        remarks += (_NAMELESS,)
    tokenizer = folder.wordpiece(vocabulary, family, lowercase)
    assumed = ""
    if folder.bare:
        cased, accents = _letters(vocabulary)
        lower = not cased if lowercase is None else lowercase
        tokenizer.normalizer = normalizers.BertNormalizer(strip_accents=lower and not accents, lowercase=lower)
        has = ("capitals" if cased else "no capitals", "accents" if accents else "no accents")
        assumed = f"assumed: its pieces have {' and '.join(has)}, and no {CONFIG} is beside it"
    folder.add_tokens(tokenizer, family, ())
    return Artefact(tokenizer.to_str(), printable(str(place), 200), assumed=assumed, remarks=remarks)


def _letters(vocabulary: dict[str, int]) -> tuple[bool, bool]:
    """Whether any piece has a capital, and whether any has a letter that stripping accents would change."""
    named = (piece.removeprefix("\ufeff") for piece in vocabulary)
    characters = set("".join(piece for piece in named if not (piece.startswith("[") and piece.endswith("]"))))
    accents = any(unicodedata.normalize("NFD", ch) != ch for ch in characters)
    return any(map(str.isupper, characters)), accents
