"""CC7: what has become of the corpus since its baseline?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from corpuscheck.profile.files import MOST_FILES
from corpuscheck.result.place import Place
from corpuscheck.result.result import ChangedFile, Changes, NewCharacter
from corpuscheck.result.sums import ERRORS
from corpuscheck.rules.rule import Evidence, NotJudgedError, Observation, Rule
from corpuscheck.text.amounts import count, estimated, files, percent, plural, points, size
from corpuscheck.text.printable import printable, with_codepoint


def _compared(evidence: Evidence) -> Changes:
    if evidence.comparison is None:
        raise NotJudgedError("there is no baseline to compare with (--baseline FILE)")
    return evidence.comparison


def _files_compared(evidence: Evidence) -> Changes:
    compared = _compared(evidence)
    if not (compared.base.files.complete and evidence.profile.files.complete):
        raise NotJudgedError(f"of over {count(MOST_FILES)} files it is not known which are new")
    return compared


def unk_increase(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """The share of words that are [UNK], or shattered, has risen since the baseline by more points than the limit.

    Both were measured with the baseline's tokenizer. In a large corpus a few bad files hardly move the rate:
    CC702 looks at the new text alone.

    Fix: repair or take out the files named here, the worst first. Or train a tokenizer that knows their characters, and
    save a new baseline. Option: --max-unk-increase.
    """
    compared = _compared(evidence)
    base, words = compared.base.words, evidence.profile.words
    for what, before, now in (
        ("[UNK] rate", base.unk_rate, words.unk_rate),
        ("share of shattered words", base.shattered_rate, words.shattered_rate),
    ):
        if now - before > limit:
            yield Observation(
                f"the {what} rose by {points(now - before)} since the baseline, "
                f"from {percent(before)} to {percent(now)}",
                now - before,
                _losing_files(compared),
            )


def lossy_additions(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Of the text that came in addition a larger share is [UNK] or shattered, by more points than the limit.

    It is written in other characters than the corpus that the tokenizer was made for, or was decoded wrongly.

    Fix: look at the lines named here: repair the text, or train a tokenizer that knows these characters. Train it on
    the whole corpus, and save a new baseline.
    """
    compared = _files_compared(evidence)
    base = compared.base.words
    for what, verb, usual, new in (
        ("[UNK]", "lose", base.unk_rate, compared.new_unk_rate),
        ("shattered", "shatter", base.shattered_rate, compared.new_shattered_rate),
    ):
        if compared.new_words and new - usual > limit:
            worst = [c for c in compared.new_characters if c.lost][:5]
            named = ", ".join(with_codepoint(c.character) for c in worst)
            yield Observation(
                f"{percent(new)} of the new words are {what}, {percent(usual)} in the baseline"
                + (f"; new characters that {verb} words: {named}" if named else ""),
                new - usual,
                _losing_files(compared),
            )


def _losing_files(compared: Changes) -> tuple[Place, ...]:
    """The files that lose or shatter a larger share of their words than the baseline did."""
    base = compared.base.words
    return tuple(
        Place(file.path, file.first_unk_line, _lost_in(file))
        for file in compared.files
        if file.unk_rate > base.unk_rate or file.shattered_rate > base.shattered_rate
    )


def _lost_in(file: ChangedFile) -> str:
    told = ((file.new_unk_words, "[UNK]"), (file.new_shattered_words, "shattered"))
    lost = " and ".join(f"{count(n)} {what}" for n, what in told if n)
    return f"{lost} of {count(file.new_words)} new words"


def new_characters(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Characters that the baseline never saw, and that the tokenizer cannot spell: these words are lost or shattered.

    New characters that the tokenizer knows are listed in the report but not counted here.

    Fix: clean them out if they are a mistake; else train a tokenizer that knows them and save a new baseline. A wrong
    encoding is a mistake, decorations often are.
    """
    compared = _compared(evidence)
    lost = [character for character in compared.new_characters if character.lost]
    if len(lost) > limit:
        named = ", ".join(with_codepoint(c.character) for c in lost[:5])
        by_file: dict[str, list[NewCharacter]] = {}
        for character in lost:
            if character.place:
                by_file.setdefault(character.place.path, []).append(character)
        worst = sorted(by_file.items(), key=lambda item: (-len(item[1]), item[0]))
        yield Observation(
            f"{plural(len(lost), 'new character')} that the tokenizer cannot spell: {named}"
            + (", …" if len(lost) > 5 else ""),
            len(lost),
            tuple(_where_new(path, there) for path, there in worst),
        )


def _where_new(path: str, there: list[NewCharacter]) -> Place:
    lines = [character.place.line for character in there if character.place and character.place.line]
    shown = " ".join(printable(character.character) for character in there[:10])
    return Place(path, min(lines, default=None), f"{plural(len(there), 'new character')}: {shown}")


def new_encodings(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Files in an encoding that the baseline did not have.

    One corpus, one encoding: whoever reads it without detection gets rubbish from the odd file.

    Fix: save the files as UTF-8, for instance with iconv -f CP949 -t UTF-8.
    """
    compared = _compared(evidence)
    brought = {name: places for name, places in compared.new_encodings.items() if places}
    total = sum(map(len, brought.values()))
    if total > limit:
        names = ", ".join(f"{name} ({files(len(places))})" for name, places in brought.items())
        yield Observation(
            f"an encoding that the baseline does not have: {names}",
            total,
            tuple(place for places in brought.values() for place in places),
            f"save these files as UTF-8, for instance with: iconv -f {next(iter(brought)).upper()} -t UTF-8 FILE > NEW",
        )


def shrinkage(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """The corpus holds less text than its baseline, by a larger share than the limit.

    Files were deleted, cut short, or can no longer be read.

    Fix: bring the text back, or save a new baseline if it was meant to go. Option: --max-shrinkage.
    """
    compared = _compared(evidence)
    before, now = compared.base.size.utf8_bytes, evidence.profile.size.utf8_bytes
    share = (before - now) / before if before else 0.0
    if share > limit:
        gone = sorted(compared.changed("removed"), key=lambda file: (-file.utf8_bytes, file.path))
        yield Observation(
            f"{size(before - now)} less text than the baseline ({percent(share)} of {size(before)})",
            share,
            tuple(Place(file.path, detail=f"removed, {size(file.utf8_bytes)}") for file in gone),
        )


def new_damage(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Damage that the baseline did not have: invalid bytes, files cut short, broken records, mixed encodings.

    Fix: fetch these files again, or repair them. The places are named.
    """
    for damage in _compared(evidence).damage:
        if damage.amount > limit:
            yield Observation(
                f"new damage, {damage.kind}: {count(damage.amount)} in {files(max(1, damage.files))}",
                damage.amount,
                damage.places,
            )


def newly_skipped(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Files that came in addition cannot be read at all, so they add nothing.

    Fix: convert them to text, take them out, or list them in .corpuscheckignore. Fetch what is cut short or damaged
    again from its source.
    """
    for skipped in _compared(evidence).newly_skipped:
        if skipped.files > limit:
            yield Observation(
                f"{files(skipped.files)} more than in the baseline cannot be read: {skipped.kind}",
                skipped.files,
                skipped.places,
                "fetch them again from their source, or take them out"
                if skipped.kind.startswith(("truncated", "damaged"))
                else "",
            )


def new_copies(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Documents that came in addition are in the corpus already; the share of all new documents.

    They are the same byte for byte, the same but for case, spaces, punctuation and marks (normalised), or nearly the
    same (at least 80 % alike, as in CC503; documents of fewer than 64 shingles are too short for that). What has moved
    to another file, what was edited where it stands, and what the baseline had twice already does not count. Copies
    make a model repeat what it read twice, and make a corpus look larger than it is.

    Fix: take the copies out. Each is named with its twin, new.txt#1 = old.txt#3. Templates that are filled in
    differently look like near copies: look at a pair, and set the limit for them.
    """
    compared = _files_compared(evidence)
    copies, before = compared.copies, compared.base.files.files
    added = sum(file.documents for file in compared.changed("added"))
    added += sum(max(0, file.documents - before[file.path].documents) for file in compared.changed("changed"))
    share = copies.documents / max(added, copies.documents, 1)
    if share > limit:
        margin = ERRORS * copies.documents_error / max(added, copies.documents, 1)
        kinds = ", ".join(f"{count(n)} {kind}" for kind, n in copies.kinds.items() if n)
        yield Observation(
            f"{copies.told} of what is there already ({kinds}), "
            f"{estimated(share, margin, not copies.sampled, percent)} of the new documents"
            + (f"; {copies.unlooked}" if copies.unlooked else ""),
            share,
            copies.places,
        )
    elif copies.unlooked and added:
        raise NotJudgedError(copies.unlooked)


def other_settings(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """The corpus is judged by other limits, severities, rules or ignore files than when its baseline was saved.

    A change that makes the corpus worse may come with a change of the configuration that allows it, or of a
    .corpuscheckignore that hides it. This is told whatever --select and --ignore say.

    Fix: see that this is meant; the main branch's configuration is used with --config. Look at what has changed in
    corpuscheck.toml and .corpuscheckignore; if the change is wanted, save a new baseline.
    """
    changes = _compared(evidence).settings
    if changes:  # whatever the limit: it is one of the settings
        told = "; ".join(printable(change, 200) for change in changes)
        yield Observation(
            f"this change also changes the configuration that the baseline was judged by: {told}",
            len(changes),
        )


RULES = tuple(
    replace(rule, needs="baseline")
    for rule in (
        Rule("CC701", "unk-increase", "error", unk_increase, unit="points", option="max_unk_increase"),
        Rule("CC702", "lossy-additions", "error", lossy_additions, 0.01, "points"),
        Rule("CC703", "new-characters", "warning", new_characters, unit="characters"),
        Rule("CC704", "new-encoding", "error", new_encodings),
        Rule("CC705", "shrinkage", "error", shrinkage, unit="share", option="max_shrinkage"),
        Rule("CC706", "new-damage", "error", new_damage, unit="places"),
        Rule("CC707", "newly-skipped", "error", newly_skipped),
        Rule("CC708", "new-copies", "error", new_copies, 0.01, "share"),
        Rule("CC709", "other-settings", "info", other_settings, unit="settings", always=True),
    )
)
