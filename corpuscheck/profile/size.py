"""Is there enough? Bytes and documents."""

from __future__ import annotations

from dataclasses import dataclass

from corpuscheck.profile.part import Part, total


@dataclass(frozen=True)
class SizePart(Part):
    """Bytes on disk, bytes of text as UTF-8, the bytes that NFC would save, documents.

    `cut_runs` are the runs of combining marks that were too long to be composed as a whole.
    """

    raw_bytes: int = total()
    utf8_bytes: int = total()
    nfc_saving: int = total()
    documents: int = total()
    cut_runs: int = total()

    @property
    def nfc_bytes(self) -> int:
        return self.utf8_bytes - self.nfc_saving

    @property
    def mean_document(self) -> float:
        """Mean bytes of a document; 0 without documents."""
        return self.utf8_bytes / self.documents if self.documents else 0.0
