"""CC1: can it be read?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from corpuscheck.profile.reading import HARMLESS, LEFT_OUT, NOT_DATA
from corpuscheck.result.place import Place
from corpuscheck.rules.rule import Evidence, Observation, Rule
from corpuscheck.text.amounts import count, files, percent, plural, size
from corpuscheck.text.printable import printable

MOST_NAMED = 3
"""Columns that a finding names."""


def skipped_files(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Files were found that could not be measured.

    They add nothing to the figures. Empty and hidden files and saved profiles are counted in the report but
    not warned about.

    Fix: convert them to text, or leave them out with --exclude; --files FILE lists each with its reason.
    .corpuscheckignore leaves files out too. Symbolic links that lead out of the corpus or to hidden files are followed
    with --follow-links.
    """
    reading = evidence.profile.reading
    skipped = {reason: n for reason, n in reading.skipped.items() if reason not in HARMLESS | NOT_DATA}
    if skipped:
        worst = sorted(skipped.items(), key=lambda pair: (-pair[1], pair[0]))
        reasons = ", ".join(f"{n:,} {reason}" for reason, n in worst[:3]) + (", …" if len(worst) > 3 else "")
        total = sum(skipped.values())
        if total <= limit:
            return
        yield Observation(
            f"{files(total)} not measured: {reasons}",
            total,
            tuple(
                Place(path, detail=reason)
                for reason, _ in worst
                for _, path, _ in reading.examples[f"skipped: {reason}"]
            ),
        )


def _about(evidence: Evidence, limit: float, kind: str, message: str, advice: str = "") -> Iterable[Observation]:
    """One observation where files have more of this trouble than the limit.

    `message` may name {files}, {amount}, {path} and {detail}; the advice is the rule's unless another is given.
    """
    reading = evidence.profile.reading
    amount = reading.trouble_amounts.get(kind, 0)
    if amount > limit:
        _, path, detail = reading.examples[kind][0]
        told = {"files": files(reading.troubled_files[kind]), "amount": count(amount), "path": path, "detail": detail}
        places = tuple(Place.of_trouble(path, detail) for _, path, detail in reading.examples[kind])
        yield Observation(message.format(**told), amount, places, advice)


def invalid_bytes(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Some bytes are not valid in their file's encoding and were replaced by U+FFFD.

    In Shift_JIS and Big5 also bytes left over where one was dropped, which read as characters that are not meant.
    A truncated download, a disk error, or two encodings in one file. A model learns the damage as if it were text.
    CESU-8, which writes a character above U+FFFF as two surrogates in UTF-8, is read as it is meant, and reported.

    Fix: fetch the file again, or save it anew as UTF-8; --encoding forces one if the guess is wrong.
    """
    yield from _about(
        evidence,
        limit,
        "invalid bytes",
        "{amount} invalid bytes in {files}, most in {path} ({detail})",
    )
    yield from _about(
        evidence,
        limit,
        "CESU-8",
        "characters that are not UTF-8 but CESU-8 in {files}: {amount}, most in {path} ({detail})",
        "save these files anew as UTF-8: other programs stop there, or lose these characters",
    )


def cut_short(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """A file ends too early or is damaged inside; what could be read of it was measured.

    The rest of its text is missing from the corpus, usually because a download or a copy broke off.

    Fix: fetch it again.
    """
    return _about(evidence, limit, "cut short", "{files} cut short, such as {path} ({detail})")


def bad_records(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Records that are not valid JSON, do not fit their table, or have no text or only an empty one.

    What is not read is not counted: the corpus is smaller than its files look. A row with too many cells is read where
    the text must be what holds the extra delimiters: it is the last column, or the only one of prose.

    Fix: repair or remove these records. Put quotes around cells that hold delimiters; name the field that holds the
    text with --text-field.
    """
    yield from _about(
        evidence,
        limit,
        "bad records",
        "broken records in {files}: {amount}, most in {path} ({detail})",
    )
    yield from _about(
        evidence,
        limit,
        "records without text",
        "records without text in {files}: {amount}, most in {path} ({detail})",
        "name the field that holds the text with --text-field",
    )
    yield from _about(
        evidence,
        limit,
        "records with empty text",
        "records with empty text in {files}: {amount}, most in {path} ({detail})",
        "look whether the text is in another field, and name that with --text-field; else leave these records out",
    )
    yield from _about(
        evidence,
        limit,
        "lone surrogates",
        "texts with half a surrogate pair in {files}: {amount}, most in {path}",
        "write these records again with a JSON library that keeps characters above U+FFFF whole",
    )


def left_out_columns(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Columns or fields of prose were not read, because another one was taken for the text.

    A table of questions and answers, for instance, is read by its answers. Labels, identifiers, addresses and dates
    are no prose. Where --text-field names what is wanted, nothing counts as left out.

    Fix: name all fields that are text: --text-field question --text-field answer joins them.
    """
    reading = evidence.profile.reading
    beyond = [name for name in reading.left_out if reading.share_left_out(name) > limit]
    if not beyond:
        return
    worst = max(sorted(beyond), key=lambda name: sum(reading.left_out[name].values()))
    columns = sorted(reading.left_out[worst], key=lambda name: (-reading.left_out[worst][name], name))
    share = reading.share_left_out(worst)
    others = f"; so it is with {plural(len(beyond) - 1, 'other field')}" if len(beyond) > 1 else ""
    wanted = " ".join(f"--text-field {shlex.quote(name)}" for name in (*worst.split(", "), *columns[:MOST_NAMED]))
    yield Observation(
        f"prose that was not read: {', '.join(columns[:MOST_NAMED])}{', …' if columns[MOST_NAMED:] else ''} "
        f"with {percent(share)} of the characters, beside '{worst}' in {files(reading.text_fields[worst])}{others}",
        share,
        tuple(Place(path, detail=f"not read: {detail}") for _, path, detail in reading.examples[LEFT_OUT]),
        f"if they are text too, read them: {wanted}; else say what is text: --text-field {shlex.quote(worst)}",
    )


def uncertain_encodings(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """The encoding of a file was guessed with so little evidence that the guess is often wrong.

    A wrong guess turns text into rubbish that shows up as [UNK].

    Fix: look at it, then give the language with --hint, or save the file as UTF-8.
    """
    return _about(
        evidence,
        limit,
        "uncertain encoding",
        "the encoding of {files} is uncertain, such as {path} ({detail})",
    )


def mixed_encodings(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """One file holds lines in two encodings, usually because files were joined without conversion.

    No single decoder reads it, so other tools will read a part of it as rubbish or stop.

    Fix: save it anew as UTF-8. Convert each part from its own encoding.
    """
    return _about(evidence, limit, "mixed encodings", "{files} in two encodings, such as {path} ({detail})")


def many_documents_in_a_file(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Plain text files are counted as one document each, and are so long that they probably hold many.

    The number of documents, their mean size and the share touched by [UNK] then mean little.

    Fix: if so, say how they are divided: --document line or --document blank-line. The limit is a mean size.
    """
    reading = evidence.profile.reading
    if reading.plain_files and reading.plain_files == reading.plain_documents:
        mean = reading.plain_bytes / reading.plain_files
        if mean > limit:
            yield Observation(
                f"files hold {size(mean)} of text on average: each may be many documents "
                f"(counted as {count(reading.plain_files)})",
                round(mean),
            )


def forced_cuts(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Text ran on for 8 MB without white space and was cut there, so a word may be counted twice.

    Such text is rarely language: encoded data, a dump without line ends.

    Fix: look at it: encoded data is no text, and text needs its line ends.
    """
    return _about(
        evidence,
        limit,
        "forced cuts",
        "{files} run on for 8 MB without white space, such as {path}: cut {amount} times",
    )


def wrong_declarations(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """A file says that it has one encoding and has another; the content was believed.

    Tools that believe the declaration will read rubbish.

    Fix: save as UTF-8 and correct the declaration.
    """
    return _about(evidence, limit, "wrong declarations", "{files} declare a wrong encoding, such as {path} ({detail})")


def mojibake(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Text was decoded wrongly once and saved like that, as when UTF-8 is read as CP1252.

    It is valid UTF-8, so no decoder complains; a model learns the rubbish. Judged by the lines of a sample.

    Fix: convert these texts back, with ftfy or as the example shows, or fetch them again.
    """
    part = evidence.profile.mojibake
    if part.share > limit:
        kind, line, meant = part.examples[0]
        repaired = f"was meant to be '{printable(meant, 40)}'" if meant else "has lost bytes by it"
        yield Observation(
            f"{percent(part.share)} of the lines looked at are mojibake ({kind}): '{printable(line, 40)}' {repaired}",
            part.share,
        )


def escapes_in_text(evidence: Evidence, limit: float) -> Iterable[Observation]:
    r"""Escapes such as \n, \u00e9, &#54620; or %EC%95%88 are in the text: notation that a program should have resolved.

    A model learns to write them. Judged by the lines of a sample; addresses and quoted strings do not count.

    Fix: resolve them where the text was made, or convert it as the example shows.
    """
    part = evidence.profile.escapes
    if part.share > limit:
        kind, line, meant = part.examples[0]
        yield Observation(
            f"{percent(part.share)} of the lines looked at hold escapes ({kind}): "
            f"'{printable(line, 40)}' was meant to be '{printable(meant, 40)}'",
            part.share,
        )


def letters_lost_to_question_marks(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Letters were replaced by question marks, as when Korean is saved in a codec that has no Hangul.

    What they were cannot be found out from the text. Judged by the lines of a sample.

    Fix: take this text from its source again, and save it as UTF-8.
    """
    part = evidence.profile.question_marks
    if part.share > limit:
        _, line, _ = part.examples[0]
        yield Observation(
            f"{percent(part.share)} of the lines looked at have ? in the place of letters: '{printable(line, 60)}'",
            part.share,
        )


def markup(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """HTML or XML files were read with their tags, which a model would learn as text.

    They also make the corpus look larger than its text is. With --strip-markup a file keeps them where a parser would
    lose some of its text, or take too much memory.

    Fix: read the text without them: pip install 'corpuscheck[html]' and pass --strip-markup.
    """
    share = evidence.profile.reading.trouble_amounts.get("markup", 0) / max(1, evidence.profile.size.utf8_bytes)
    yield from _about(
        evidence,
        limit,
        "markup",
        "{files} of HTML or XML hold {amount} bytes of tags, "
        + percent(share)
        + " of all text; most in {path} ({detail})",
    )
    yield from _about(
        evidence,
        limit,
        "markup kept",
        "{files} kept their tags in spite of --strip-markup, such as {path} ({detail})",
        "take their text out with a program made for them, or divide them",
    )


def control_characters(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Control characters of C1 or private-use characters are in the text: usually a codec gone wrong.

    No reader sees what they meant, and each is one more thing for a vocabulary to hold.

    Fix: look where they come from: a wrong encoding, or fonts with characters of their own.
    """
    characters = evidence.profile.characters
    share = characters.share(0x80, 0x9F) + characters.share(0xE000, 0xF8FF)
    if share > limit:
        yield Observation(
            f"{percent(share)} of the characters are C1 controls or private use",
            share,
        )


def looks_like(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """A text file looks like another layout, too little for certain; it was read as plain text.

    If it is one, its names of columns, numbers and brackets count as text, and its records as one document.

    Fix: look at it, and say what it is; --layout text if it is plain text. --layout and --document name what it is.
    """
    return _about(
        evidence,
        limit,
        "looks like",
        "{files} read as plain text, and may be none: {path} looks like {detail}",
    )


def not_the_data(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Files are no data but stand in their place: pointers of Git LFS, DVC or git-annex, pages and errors of servers.

    The data were never fetched, or a download went wrong: the corpus is not here.

    Fix: fetch the data, as the reason says.
    """
    reading = evidence.profile.reading
    found = sorted((-n, reason) for reason, n in reading.skipped.items() if reason in NOT_DATA)
    total = -sum(n for n, _ in found)
    if total > limit:
        examples = [(reason, path) for _, reason in found for _, path, _ in reading.examples[f"skipped: {reason}"]]
        reasons = ", ".join(f"{-n:,} {reason}" for n, reason in found[:3]) + (", …" if len(found) > 3 else "")
        yield Observation(
            f"{files(total)} without the data, such as {examples[0][1]}: {reasons}",
            total,
            tuple(Place(path, detail=reason) for reason, path in examples),
            found[0][1].rpartition(": ")[2],
        )


RULES = (
    Rule("CC101", "skipped-files", "warning", skipped_files),
    Rule("CC102", "invalid-bytes", "warning", invalid_bytes, unit="bytes"),
    Rule("CC103", "cut-short", "warning", cut_short),
    Rule("CC104", "bad-records", "warning", bad_records, unit="records"),
    Rule("CC105", "uncertain-encoding", "warning", uncertain_encodings),
    Rule("CC106", "mixed-encodings", "warning", mixed_encodings),
    Rule("CC107", "many-documents-in-a-file", "info", many_documents_in_a_file, 100_000, "bytes"),
    Rule("CC108", "forced-cuts", "warning", forced_cuts, unit="cuts"),
    Rule("CC109", "wrong-declaration", "warning", wrong_declarations),
    Rule("CC110", "mojibake", "warning", mojibake, unit="share"),
    Rule("CC111", "control-characters", "warning", control_characters, 0.0001, "share"),
    Rule("CC112", "markup", "warning", markup, unit="bytes"),
    Rule("CC113", "left-out-columns", "warning", left_out_columns, 0.1, "share"),
    Rule("CC114", "looks-like", "warning", looks_like),
    Rule("CC115", "not-the-data", "error", not_the_data),
    Rule("CC116", "escapes-in-text", "warning", escapes_in_text, unit="share"),
    Rule("CC117", "question-marks", "warning", letters_lost_to_question_marks, unit="share"),
)
