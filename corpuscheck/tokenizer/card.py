"""The card beside a trained tokenizer: from what it was made, how, and what it loses."""

from __future__ import annotations

from pathlib import Path

from corpuscheck import __version__
from corpuscheck.errors import CorpuscheckError
from corpuscheck.printable import printable
from corpuscheck.profile.profile import Profile
from corpuscheck.quantities import ALL_TEXT
from corpuscheck.settings import Training
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.training import save

NAME = "README.md"


def save_with_card(artefact: Artefact, profile: Profile, training: Training, folder: str) -> None:
    """Write the tokenizer and its card. Raises CorpuscheckError where the folder cannot be written to."""
    save(artefact, folder)
    try:
        (Path(folder) / NAME).write_text(card(artefact, profile, training), "utf-8")
    except OSError as error:
        raise CorpuscheckError(f"{printable(folder)}: the card cannot be saved there ({error.strerror})") from None


def card(artefact: Artefact, profile: Profile, training: Training) -> str:
    """Markdown; the same for the same corpus and settings."""
    words, size = profile.words, profile.size
    alphabet = sum(1 for piece in artefact.vocabulary if len(piece) == 1)
    chosen = (
        f"the {training.limit_alphabet:,} most frequent characters"
        if training.limit_alphabet
        else f"the fewest characters that make up {training.character_coverage:g} of the text"
    )
    learned = "all of the text that is not held out"
    if training.train_bytes < ALL_TEXT:
        learned = f"at most {training.train_bytes:,} bytes of passages chosen by hash"
    per_word = profile.estimates.tokens_per_word()
    rows = [
        ("text", f"{size.utf8_bytes:,} bytes of UTF-8 in {size.documents:,} documents"),
        ("vocabulary", f"{artefact.vocab_size:,} pieces, asked for {training.vocab_size:,}"),
        ("alphabet", f"{alphabet:,} characters, each as `c` and as `##c`: {chosen}"),
        ("longer pieces", f"learned from {learned}"),
        ("normaliser", artefact.normalizer_text),
        ("[UNK] on all text", f"{words.unk_rate:.6f} ({words.unk_words:,} of {words.words:,} words)"),
        (
            f"[UNK] on held-out {profile.about['held_out_unit']}s",
            f"{words.held_out_unk_rate:.6f} ({words.held_out_unk_words:,} of {words.held_out_words:,} words)",
        ),
        (
            "tokens per word",
            f"{per_word.value:.3f}, on all text, most of which it has learned from" if per_word else "not known",
        ),
        ("fingerprint", artefact.fingerprint),
        ("made by", f"corpuscheck {__version__}"),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    return f"# WordPiece tokenizer\n\n| | |\n|---|---|\n{table}\n"
