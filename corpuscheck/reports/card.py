"""The card beside a trained tokenizer: from what it was made, how, and what it loses."""

from __future__ import annotations

from collections.abc import Iterator

from corpuscheck._version import __version__
from corpuscheck.result.trained import Trained
from corpuscheck.text.amounts import percent
from corpuscheck.text.printable import printable
from corpuscheck.text.quantities import ALL_TEXT
from corpuscheck.tokenizer.training import save

NAME = "README.md"


def save_with_card(trained: Trained, folder: str) -> None:
    """Write the tokenizer and its card, all or nothing. Raises CorpuscheckError where that cannot be done."""
    save(trained.artefact, folder, {NAME: card(trained)})


def card(trained: Trained) -> str:
    """Markdown; the same for the same corpus and settings."""
    table = "\n".join(f"| {name} | {value} |" for name, value in (*_made(trained), *_judged(trained)))
    return f"# {trained.artefact.model_type} tokenizer\n\n{_story(trained)}\n\n| | |\n|---|---|\n{table}\n"


def _story(trained: Trained) -> str:
    if not trained.held_out:
        return "It was made from all of the text. Nothing was held out to judge it by: the text is too short."
    share = percent(trained.settings.held_out_share)
    return (
        f"It was made from all of the text. To judge it, another one was made in the same way without {share} of the "
        f"{trained.unit}s, chosen by hash; what is called held out was counted by that one on these {trained.unit}s."
    )


def _made(trained: Trained) -> Iterator[tuple[str, str]]:
    artefact, settings, size, words = trained.artefact, trained.settings, trained.size, trained.words
    learned = "all of the text"
    if settings.train_bytes < ALL_TEXT:
        learned = f"at most {settings.train_bytes:,} bytes of passages of all of the text, chosen by hash"
    yield "text", f"{size.utf8_bytes:,} bytes of UTF-8 in {size.documents:,} documents"
    yield "vocabulary", f"{artefact.vocab_size:,} pieces, asked for {settings.vocab_size:,}"
    yield "alphabet", _alphabet(trained)
    yield "longer pieces", f"learned from {learned}"
    if settings.special:
        yield "special tokens", ", ".join(f"`{printable(token)}`" for token in settings.special).replace("|", "\\|")
    if settings.unused:
        yield "kept for later", f"{settings.unused:,} pieces, `[unused0]` to `[unused{settings.unused - 1}]`"
    yield "normaliser", artefact.normalizer_text
    yield "[UNK] on all text", f"{words.unk_rate:.6f} ({words.unk_words:,} of {words.words:,} words), made from it"
    if artefact.model_type != "WordPiece":
        lost = words.shattered.words
        yield "shattered on all text", f"{words.shattered_rate:.6f} ({lost:,} of {words.words:,} words), made from it"


def _alphabet(trained: Trained) -> str:
    if trained.artefact.model_type != "WordPiece":
        return f"{len(trained.alphabet.characters):,} characters, all others in bytes: {trained.alphabet.described}"
    vocabulary = trained.artefact.vocabulary
    alphabet = sum(1 for piece in vocabulary if len(piece) == 1)
    inside = sum(1 for piece in vocabulary if len(piece) == 3 and piece.startswith("##"))
    forms = "each as `c` and as `##c`" if inside == alphabet else f"each as `c`, {inside:,} also as `##c`"
    return f"{alphabet:,} characters, {forms}: {trained.alphabet.described}"


def _judged(trained: Trained) -> Iterator[tuple[str, str]]:
    judged, per_word = trained.judged, trained.tokens_per_word
    if trained.held_out:
        figure = f"{judged.held_out_unk_rate:.6f} ({judged.held_out_unk_words:,} of {judged.held_out_words:,} words)"
        yield f"[UNK] on held-out {trained.unit}s", f"{figure}, by the one made without them"
        if trained.artefact.model_type != "WordPiece":
            lost = f"{judged.shattered.held_out_words:,} of {judged.held_out_words:,} words"
            figure = f"{judged.held_out_shattered_rate:.6f} ({lost}), by the one made without them"
            yield f"shattered on held-out {trained.unit}s", figure
    else:
        yield "[UNK] on held-out text", "not known: nothing was held out"
    known = f"{per_word.value:.3f} on held-out {trained.unit}s" if per_word else "not known: nothing was held out"
    yield "tokens per word", known
    yield "fingerprint", trained.artefact.fingerprint
    if trained.held_out:
        yield "fingerprint of the one that was judged", trained.judge.fingerprint
    yield "made by", f"corpuscheck {__version__}"
