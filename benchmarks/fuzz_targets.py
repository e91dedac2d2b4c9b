"""What `fuzz.py` throws files at: each target has first files and a check, which may raise a CorpuscheckError only."""

from __future__ import annotations

import json
import os
import struct
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zstandard
from click.testing import CliRunner
from fuzz_seeds import WRAPPERS, plain_files

from corpuscheck.api import run_scan
from corpuscheck.cli import cli
from corpuscheck.domain.reference import Reference, reference_of
from corpuscheck.domain.sources import sources_of
from corpuscheck.profile.profile import Profile
from corpuscheck.reading.discover import discover
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.ranges import pieces_of
from corpuscheck.reading.reader import COLUMNAR, read_piece
from corpuscheck.running.cache import Cache
from corpuscheck.running.partial import Partial
from corpuscheck.running.secret import SHARED
from corpuscheck.settings import Reading, settings_from
from corpuscheck.tokenizer.loading import load

EXAMPLES = Path(__file__).parent.parent / "examples"
PIECE_BYTES = 2000

SETTINGS = (
    Reading(),
    Reading(document="line"),
    Reading(document="blank-line", skip_front_matter=True),
    Reading(document="wikiextractor", hint="ko"),
    Reading(text_fields=("data[].paragraphs[].context",)),
    Reading(text_fields=("text", "title"), strip_markup=True),
    Reading(encoding="cp949"),
    Reading(encoding="utf-8", document="line"),
    Reading(hint="ja"),
    Reading(encoding="utf-16"),
)


@dataclass(frozen=True)
class Seed:
    """A first file: its name, its bytes, and how they are packed after a mutation."""

    name: str
    data: bytes
    pack: Callable[[bytes], bytes] = bytes


@dataclass(frozen=True)
class Target:
    """First files and the check of what became of one. With `together`, so many lie in the folder that is checked."""

    check: Callable[[Path, int], None]
    seeds: list[Seed] = field(default_factory=list)
    together: int = 1


def targets(only: Sequence[str] = ()) -> dict[str, Target]:
    """The targets by name; some of them, or all."""
    found = reading()
    for name, made in _FURTHER.items():
        if not only or name in only:
            found[name] = made()
    return {name: target for name, target in found.items() if not only or name in only}


_MEASURED = (".txt", "rrow", "quet", "html", "json")
_WRAPPED = ("ko.txt", "ko-cp949.txt", "a.jsonl", "a.csv", "plain.parquet", "plain.arrow")
_CONFIGURATIONS = (
    'paths = ["data"]\ntokenizer = "t"\nmin-size = "4 GB"\nselect = ["CC1", "CC301"]\n[rules.CC301]\nlimit = "1%"\n',
    'document = "line"\nhint = "ko"\ntext-field = ["a.b"]\nexclude = ["*.md"]\n[rules.CC102]\nseverity = "error"\n',
)
_PATTERNS = ("*.md\n!a.txt\n/b/**\nc[0-9]?.txt\n", "**/a/\n\\#x\nfoo/*\n", "*a*a*a*b\n")


def reading() -> dict[str, Target]:
    """Every format as it is and in each wrapper, mutated inside; wrapped text also mutated outside."""
    found: dict[str, Target] = {}
    wrapped = Target(read)
    for name, data in plain_files().items():
        ending = name.rpartition(".")[2] if "." in name else "text"
        found.setdefault({"txt": "text", "md": "text"}.get(ending, ending), Target(read)).seeds.append(Seed(name, data))
        for end, pack in WRAPPERS.items() if name in _WRAPPED else ():
            packed = lambda data, pack=pack, name=name: pack(name, data)  # noqa: E731
            wrapped.seeds.extend((Seed(name + end, data, packed), Seed(name + end, pack(name, data))))
    return {**found, "wrapped": wrapped}


def read(path: Path, choice: int) -> None:
    """Read the file whole and in pieces: what is found is measured or skipped with a reason, and the sums agree."""
    settings = SETTINGS[choice % len(SETTINGS)]
    found = discover([path], settings)
    assert len(found.sources) + len(found.skipped) == 1
    assert all(skipped.reason for skipped in found.skipped)
    for source in found.sources:
        records: list[FileRecord] = []
        documents = size = 0
        for piece in pieces_of(source, settings, PIECE_BYTES):
            for batch in read_piece(piece, settings, records, lambda _: None):
                bytes(batch.data).decode("utf-8")
                for start, end in zip(batch.starts.tolist()[:100], batch.ends.tolist(), strict=False):
                    bytes(batch.data[start:end]).decode("utf-8")
                documents += batch.documents
                size += batch.utf8_bytes
        assert records
        _check_records(records, documents, size)


def _check_records(records: Iterable[FileRecord], documents: int, size: int) -> None:
    for record in records:
        assert record.status == "measured" or (record.status == "skipped" and record.reason)
        assert record.format in COLUMNAR or (record.invalid_bytes > 0) == (record.first_invalid_offset is not None)
    assert sum(record.documents for record in records) == documents
    assert sum(record.utf8_bytes for record in records) == size


def measured(folder: Path, choice: int) -> None:
    """A whole scan of several files, with every kernel, and a tokenizer that is trained on them."""
    scan = run_scan([folder], settings_from(jobs=1, document=("file", "line", "blank-line")[choice % 3]))
    Profile.from_bytes(scan.result.profile.to_bytes())
    assert len(scan.records) >= len(os.listdir(folder))


def tokenizer(path: Path, _: int) -> None:
    """Load it, or the vocabulary beside it, and ask it what a scan asks."""
    if path.name == "tokenizer_config.json":
        path = path.with_name("vocab.txt")
        path.write_text(_VOCABULARY, "utf-8")
    artefact = load(str(path))
    for question in ("fingerprint", "not_characterwise", "unk_spellings", "special_ids"):
        getattr(artefact, question)
    artefact.tokenizer.encode_batch(["가나다 abc", "\u0300", "한국어 x" * 20], add_special_tokens=False)


def _definitions() -> list[bytes]:
    vocabulary = {piece: k for k, piece in enumerate(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##a", "가"))}
    wordpiece: dict[str, Any] = {
        "type": "WordPiece",
        "unk_token": "[UNK]",
        "continuing_subword_prefix": "##",
        "vocab": vocabulary,
    }
    wordpiece |= {"max_input_chars_per_word": 100}
    bert = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "lowercase": False}
    token: dict[str, Any] = {"id": 1, "content": "[UNK]", "single_word": False, "lstrip": False, "rstrip": False}
    token |= {"normalized": False, "special": True}
    split = {"type": "Split", "pattern": {"Regex": "\\s+|\\d{1,3}"}, "behavior": "Isolated", "invert": False}
    steps = [{"type": "NFKC"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]
    bpe = {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"], "unk_token": None}
    unigram = {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["▁a", -1.5], ["가", -2.5]]}
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}
    written: tuple[dict[str, Any], ...] = (
        {
            "model": wordpiece,
            "normalizer": bert,
            "pre_tokenizer": {"type": "BertPreTokenizer"},
            "added_tokens": [token],
        },
        {"model": bpe, "normalizer": None, "pre_tokenizer": split, "added_tokens": []},
        {"model": unigram, "normalizer": {"type": "Sequence", "normalizers": steps}, "pre_tokenizer": metaspace},
    )
    return [
        json.dumps({"version": "1.0", "added_tokens": [], **parts}, ensure_ascii=False).encode() for parts in written
    ]


def _field(number: int, value: bytes | int) -> bytes:
    """A field of a protocol buffer, of under 128 bytes."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    return bytes([number << 3 | 2, len(value)]) + value


def _sentencepiece() -> bytes:
    """A SentencePiece model of three pieces, as sentencepiece_model.proto lays it out."""
    pieces = (("<unk>", 0.0, 2), ("▁a", -1.5, 1), ("가", -2.5, 1))
    out = b"".join(
        _field(1, _field(1, piece.encode()) + b"\x15" + struct.pack("<f", score) + _field(3, kind))
        for piece, score, kind in pieces
    )
    return out + _field(2, _field(3, 1)) + _field(3, _field(2, bytes(12)) + _field(4, 1))


def profile(path: Path, _: int) -> None:
    """Load it, and what loads can be saved and merged with itself."""
    loaded = Profile.load(str(path))
    Profile.from_bytes(loaded.merge(loaded).to_bytes())


def _saved_profile() -> bytes:
    return run_scan([EXAMPLES / "rare-syllables"], settings_from(jobs=1)).result.profile.to_bytes()


def _inside(saved: bytes) -> tuple[bytes, Callable[[bytes], bytes]]:
    """The state of a profile or reference, and what packs it again after each mutation."""
    magic, end, packed = saved.partition(b"\n")
    state = zstandard.ZstdDecompressor().decompress(packed, max_output_size=1 << 26)
    return state, lambda state: magic + end + zstandard.ZstdCompressor(level=1).compress(state)


def _saved(name: str, saved: bytes) -> list[Seed]:
    return [Seed(name, *_inside(saved)), Seed(name, saved)]


def reference(path: Path, _: int) -> None:
    """Load it, and what loads can be saved."""
    Reference.from_bytes(Reference.load(str(path)).to_bytes(), "saved")


def _reference() -> bytes:
    profile = Profile.from_bytes(_saved_profile())
    return reference_of("r", [one for name in ("a", "b") for one in sources_of(profile, name)]).to_bytes()


_KEY = bytes(24)
_SECRET = "a secret that all inputs share"


def cached(path: Path, _: int) -> None:
    """Ask the cache, and keep something in it."""
    os.environ[SHARED] = _SECRET
    cache = Cache(str(path.parent))
    assert len(list(cache.partials([_KEY, b"x"]))) == 2
    cache.put(b"new", {"a": 1})
    cache.flush()
    with suppress(OSError):
        (path.parent / "CACHEDIR.TAG").unlink()


def _cache() -> bytes:
    """A database with an entry that has its seal."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ[SHARED] = _SECRET
        cache = Cache(folder)
        cache.put(_KEY, Partial().to_state())
        cache.flush()
        return (Path(folder) / "cache.db").read_bytes()


def configuration(path: Path, _: int) -> None:
    """Show what it sets: a usage error, or its values."""
    shown = CliRunner().invoke(cli, ["scan", "--config", str(path), "--show-config"], catch_exceptions=True)
    if shown.exception is not None and not isinstance(shown.exception, SystemExit):
        raise shown.exception


def ignoring(path: Path, _: int) -> None:
    """Find files under a folder with these patterns."""
    for name in ("a.txt", "b/a.txt", "b/c/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaac.md", "c1x.txt"):
        place = path.parent / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"x")
    discover([path.parent], Reading())


def _named(name: str, texts: Iterable[str | bytes]) -> list[Seed]:
    return [Seed(name, text.encode() if isinstance(text, str) else text) for text in texts]


_VOCABULARY = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##a\n가\n"
_BESIDE = '{"tokenizer_class": "BertTokenizer", "do_lower_case": false, "strip_accents": null, "unk_token": "[UNK]"}'


def _tokenizers() -> list[Seed]:
    named: dict[str, list[str | bytes]] = {
        "vocab.txt": [_VOCABULARY],
        "tokenizer_config.json": [_BESIDE],
        "spiece.model": [_sentencepiece()],
    }
    further = [seed for name, texts in named.items() for seed in _named(name, texts)]
    return [*_named("tokenizer.json", _definitions()), *further]


_FURTHER: dict[str, Callable[[], Target]] = {
    "measuring": lambda: Target(measured, [Seed(*f) for f in plain_files().items() if f[0][-4:] in _MEASURED], 10),
    "tokenizers": lambda: Target(tokenizer, _tokenizers()),
    "profiles": lambda: Target(profile, _saved("a.ccp", _saved_profile())),
    "references": lambda: Target(reference, _saved("a.ccr", _reference())),
    "caches": lambda: Target(cached, _named("cache.db", [_cache()])),
    "configuration": lambda: Target(configuration, _named("corpuscheck.toml", _CONFIGURATIONS)),
    "ignore patterns": lambda: Target(ignoring, _named(".corpuscheckignore", _PATTERNS)),
}
