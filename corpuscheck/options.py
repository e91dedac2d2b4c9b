"""The options of the functions for Python: the fields of `settings`, as a type checker and an editor see them.

Written by docs/generate.py.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TypedDict

from corpuscheck.cleaning.plan import AgainstTakes, Form
from corpuscheck.settings import CacheKey, DocumentMode, FailOn, LayoutChoice, ModelName, Severity

Path = str | os.PathLike[str]
Texts = str | Sequence[str]


class ReadingOptions(TypedDict, total=False):
    """How files become documents, and by how many workers."""

    include: Texts
    exclude: Texts
    document: DocumentMode
    layout: LayoutChoice
    text_fields: Texts
    encoding: str | None
    hint: str | None
    skip_front_matter: bool
    strip_markup: bool
    follow_links: bool
    preset: str | None
    jobs: int | None


class TrainingOptions(ReadingOptions, total=False):
    """And how a tokenizer is trained."""

    model: ModelName
    vocab_size: int
    character_coverage: float | None
    limit_alphabet: int | None
    lowercase: bool
    train_bytes: int
    held_out_share: float
    unused: int
    special: Texts


class ScanOptions(TrainingOptions, total=False):
    """And by what a corpus is judged, what it is compared with, and what is looked for."""

    target_bytes: int
    articles_per_gb: int
    min_bytes: int
    max_unk_rate: float
    max_shattered_rate: float
    max_unk_increase: float
    max_shrinkage: float
    max_contaminated: int
    select: Texts
    ignore: Texts
    severity: Mapping[str, Severity]
    limit: Mapping[str, float | str]
    per_source: Texts
    fail_on: FailOn
    strict: bool
    tokenizer_pattern: str | None
    survey: Path | None
    baseline: Path | None
    references: Path | Sequence[Path]
    against: Path | Sequence[Path]
    against_fields: Texts
    forecast: bool
    clean: bool
    near_duplicates: bool
    count_tokens: bool
    by: str | None
    cache: Path | None
    cache_key: CacheKey
    dask: str | None
    work: Path | None


class EstimateOptions(ReadingOptions, total=False):
    """And what is known of the collection that an estimate is for."""

    target_bytes: int
    articles_per_gb: int
    articles: int | None
    mean_bytes: float | None
    available: int | None
    per_day: float | None
    usable: float | None
    parameters: int | None
    epochs: int


class PeekOptions(ReadingOptions, total=False):
    """And which documents are shown."""

    rule: str
    words: Texts
    count: int
    seed: int
    excerpt: int


class CleanOptions(ReadingOptions, total=False):
    """And what is done besides taking out copies and cutting debris."""

    nfc: bool
    drop: Texts
    mask_personal_data: bool
    against_takes: AgainstTakes
    repair_mojibake: bool
    strip_boilerplate: Path
    to: Form
    shard_size: int
    against: Path | Sequence[Path]
    against_fields: Texts
    near_duplicates: bool
    by: str | None


class SampleOptions(ReadingOptions, total=False):
    """And how much is drawn."""

    share: float | None
    documents: int | None
    bytes: int | None
    seed: int
    by: str | None
