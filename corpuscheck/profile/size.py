"""Is there enough? Bytes and documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SizePart:
    """Bytes on disk, bytes of text as UTF-8, the bytes that NFC would save, documents."""

    raw_bytes: int = 0
    utf8_bytes: int = 0
    nfc_saving: int = 0
    documents: int = 0

    @property
    def nfc_bytes(self) -> int:
        return self.utf8_bytes - self.nfc_saving

    @property
    def mean_document(self) -> float:
        """Mean bytes of a document; 0 without documents."""
        return self.utf8_bytes / self.documents if self.documents else 0.0

    def merge(self, other: SizePart) -> SizePart:
        return SizePart(
            self.raw_bytes + other.raw_bytes,
            self.utf8_bytes + other.utf8_bytes,
            self.nfc_saving + other.nfc_saving,
            self.documents + other.documents,
        )

    def to_state(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> SizePart:
        return cls(**state)
