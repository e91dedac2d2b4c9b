"""Rules and published figures that an estimate is held against, each with its source."""

from __future__ import annotations

from dataclasses import dataclass

GB = 10**9

TOKENS_PER_PARAMETER = 20
"""Compute-optimal training of decoder models (Hoffmann et al. 2022, arXiv 2203.15556)."""

EPOCHS = 4
"""So many passes over the same text lose little, for decoder models (Muennighoff et al. 2023, arXiv 2305.16264)."""

BYTES_PER_TOKEN = 14 * GB / 2.6e9
"""KoELECTRA v1: 14 GB of Korean text were 2.6 billion tokens (monologg/KoELECTRA)."""


@dataclass(frozen=True)
class Rung:
    """A published corpus: its size in bytes of text, what it was used for, where that is said."""

    name: str
    size: int
    source: str
    says: str = ""


LADDER: tuple[Rung, ...] = (
    Rung("KR-BERT", 2_470_000_000, "snunlp/KR-BERT", "233 million words"),
    Rung("CamemBERT-4GB", 4 * GB, "arXiv 1911.03894", "does as well as 138 GB of web text"),
    Rung("LEGAL-BERT", 12 * GB, "nlpaueb model card"),
    Rung("KcBERT", 12_500_000_000, "Beomi/KcBERT", "15.4 GB before cleaning"),
    Rung("KR-FinBERT's base", 13_200_000_000, "snunlp/KR-FinBert", "plus 440,067 articles"),
    Rung("KoELECTRA v1", 14 * GB, "monologg/KoELECTRA", "2.6 billion tokens"),
    Rung("BERT", 15 * GB, "arXiv 1810.04805", "3.3 billion words, about 40 epochs"),
    Rung("KoELECTRA v3", 34 * GB, "monologg/KoELECTRA"),
    Rung("KLUE", 62 * GB, "klue/bert-base"),
    Rung("RoBERTa", 160 * GB, "arXiv 1907.11692"),
)

MODELS: tuple[tuple[str, int], ...] = (
    ("14M, small ELECTRA", 14_000_000),
    ("110M, BERT base", 110_000_000),
    ("340M, BERT large", 340_000_000),
    ("1.3B", 1_300_000_000),
    ("7B", 7_000_000_000),
)
"""Model sizes in parameters, for a look at what a corpus can feed."""
