"""JSON: one document with everything, in a shape that `schema.json` beside this file describes."""

from __future__ import annotations

from typing import Any

import orjson

from corpuscheck.profile.estimates import Interval
from corpuscheck.profile.mojibake import MojibakePart
from corpuscheck.reading.encodings.guessing import in_ks_x_1001
from corpuscheck.reading.files import FileRecord
from corpuscheck.reports.json.against import against_document
from corpuscheck.reports.json.changes import comparison_document, place_document, word_document
from corpuscheck.reports.json.clean import clean_document
from corpuscheck.reports.json.domain import domain_document
from corpuscheck.reports.json.sources import distributions_document, sources_document, sources_told_document
from corpuscheck.result.result import CurvePoint, Finding, LettersReport, Result, TokenizerReport
from corpuscheck.text.printable import codepoint, printable
from corpuscheck.values.json_text import report_bytes, versions
from corpuscheck.values.packed import Packed

SCHEMA_VERSION = 1


def render(result: Result) -> bytes:
    """UTF-8, indented, keys in a fixed order, no timings: equal results give equal bytes."""
    return report_bytes(as_document(result))


def as_document(result: Result) -> dict[str, Any]:
    """The report as plain values, in the order in which it is written."""
    return {
        **versions(SCHEMA_VERSION),
        "verdict": result.verdict,
        "findings": [_finding(finding) for finding in result.findings],
        "skipped_rules": [dict(vars(rule)) for rule in result.skipped_rules],
        "reading": _reading(result),
        "size": _size(result),
        "characters": _characters(result),
        "tokenizer": _tokenizer(result),
        "clean": clean_document(result),
        "domain": domain_document(result),
        "against": against_document(result.against),
        "sources": sources_document(result.sources),
        "sources_told_apart": sources_told_document(result.sources),
        "distributions": distributions_document(result.distributions),
        "comparison": comparison_document(result.comparison, result.profile) if result.comparison else None,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    places = [place_document(place) for place in finding.places]
    path = {"path": finding.path} if finding.path else {}
    return {**vars(finding), "places": places, **path}


def _reading(result: Result) -> dict[str, Any]:
    reading = result.profile.reading
    return {
        "files": reading.files,
        "measured": reading.measured,
        "skipped": sum(reading.skipped.values()),
        "skipped_reasons": dict(sorted(reading.skipped.items())),
        "encodings": [
            {"encoding": name, "files": files, "bytes": reading.encoding_bytes[name]}
            for name, files in sorted(reading.encodings.items(), key=lambda p: (-reading.encoding_bytes[p[0]], p[0]))
        ],
        "text_fields": dict(sorted(reading.text_fields.items())),
        "left_out": [
            {
                "text_field": name,
                "characters_read": reading.text_characters.get(name, 0),
                "characters_left_out": dict(sorted(columns.items())),
                "share": reading.share_left_out(name),
            }
            for name, columns in sorted(reading.left_out.items())
        ],
        "troubles": [
            {
                "kind": kind,
                "files": files,
                "amount": reading.trouble_amounts[kind],
                "examples": [
                    {"path": path, "amount": amount, "detail": detail}
                    for amount, path, detail in reading.examples[kind]
                ],
            }
            for kind, files in sorted(reading.troubled_files.items())
        ],
    }


def _characters(result: Result) -> dict[str, Any]:
    characters = result.profile.characters
    hangul = sum(n for cp, n in characters.counts.items() if 0xAC00 <= cp <= 0xD7A3)
    common = sum(n for cp, n in characters.counts.items() if 0xAC00 <= cp <= 0xD7A3 and in_ks_x_1001(chr(cp)))
    return {
        "total": characters.total,
        "distinct": len(characters.counts),
        "replacement": characters.counts.get(0xFFFD, 0),
        "byte_order_marks": characters.counts.get(0xFEFF, 0),
        "nul": characters.counts.get(0, 0),
        "c1_controls": round(characters.share(0x80, 0x9F) * characters.total),
        "private_use": round(characters.share(0xE000, 0xF8FF) * characters.total),
        "hangul": hangul,
        "hangul_outside_ks_x_1001": hangul - common,
        "mojibake": _not_as_meant(result.profile.mojibake),
        "escapes": _not_as_meant(result.profile.escapes),
        "question_marks": _not_as_meant(result.profile.question_marks),
    }


def _not_as_meant(part: MojibakePart) -> dict[str, Any]:
    return {
        "lines_looked_at": part.lines,
        "found": dict(sorted(part.found.items())),
        "examples": [{"kind": k, "line": line, "repaired": meant} for k, line, meant in part.examples],
    }


def _size(result: Result) -> dict[str, Any]:
    size, limits = result.profile.size, result.limits
    missing = max(0, limits.target_bytes - size.utf8_bytes)
    return {
        "raw_bytes": size.raw_bytes,
        "utf8_bytes": size.utf8_bytes,
        "nfc_bytes": size.nfc_bytes,
        "documents": size.documents,
        "mean_document_bytes": size.mean_document,
        "documents_per_gb": 10**9 / size.mean_document if size.mean_document else None,
        "target_bytes": limits.target_bytes,
        "share_of_target": size.utf8_bytes / limits.target_bytes,
        "articles_per_gb": limits.articles_per_gb,
        "article_equivalent": round(size.utf8_bytes * limits.articles_per_gb / 10**9),
        "missing_bytes": missing,
        "missing_articles": -(-missing * limits.articles_per_gb // 10**9),
        "missing_documents": min(2**53, round(missing / size.mean_document)) if size.mean_document else None,
    }


def _tokenizer(result: Result) -> dict[str, Any]:
    report, words = result.tokenizer, result.profile.words
    alphabet = report.alphabet
    document: dict[str, Any] = {
        "source": report.source,
        "trained": report.trained,
        "fingerprint": report.fingerprint,
        "model": report.model,
        "vocab_size": report.vocab_size,
        "normalizer": report.normalizer,
        "assumed": report.assumed or None,
        "other_reading": dict(vars(report.other_reading)) if report.other_reading else None,
        "remarks": [{"message": message, "advice": advice} for message, advice in report.remarks],
        "letters": _letters(report.letters),
        "special_tokens_in_text": report.special,
        "method": report.method,
        "words": words.words,
        "unk_words": words.unk_words,
        "unk_rate": words.unk_rate,
        "unk_tokens": words.unk_tokens,
        "documents_with_unk": words.documents_with_unk,
        **_shattered(result),
        "tokens": round(report.tokens.value) if report.tokens else None,
        "tokens_exact": report.tokens_exact,
        "tokens_interval": _interval(report.tokens),
        "tokens_per_word": report.tokens_per_word.value if report.tokens_per_word else None,
        "tokens_per_word_interval": _interval(report.tokens_per_word),
        "bytes_per_token": result.profile.size.utf8_bytes / report.tokens.value
        if report.tokens and report.tokens.value
        else None,
        "tokens_per_byte": _per(report.tokens, result.profile.size.utf8_bytes),
        "tokens_per_character": _per(report.tokens, result.profile.characters.total),
        "sampled_bytes": result.profile.estimates.sampled_bytes,
        **_wholeness(report),
        "unknown": {
            "way": report.unknown.way,
            "token": report.unknown.token or None,
            "written_words": report.unknown.written,
            "fuses": report.unknown.fuses,
            "fused_words": report.unknown.fused_words,
            "fused_characters": report.unknown.fused_characters,
        },
        "causes": report.causes,
        "words_exact": report.words_exact,
        "unk_words_saved_by_nfc": report.saved_by_nfc,
        "remedies": [dict(vars(remedy)) for remedy in report.remedies],
        "unk_words_tried": report.words_tried,
        "worst_words": [word_document(word) for word in report.worst_words],
        "worst_characters": [
            {
                "character": guilty.character,
                "codepoint": guilty.codepoint,
                "name": guilty.name,
                "words_lost": guilty.words_lost,
                "words_won_back": guilty.words_won_back,
            }
            for guilty in report.worst_characters
        ],
        "unused_places": _unused_places(result),
        "alphabet_curve": [_point(point) for point in alphabet.points],
        "alphabet": {
            "characters": alphabet.characters,
            "sampled": alphabet.sampled,
            "unk_rate_at_default_1000": alphabet.default_rate.value if alphabet.default_rate else None,
            "unk_rate_at_default_1000_interval": _interval(alphabet.default_rate),
            "smallest_under_limit": _point(alphabet.smallest),
            "recommended": _point(alphabet.recommended),
            "unavailable": alphabet.unavailable or None,
        },
    }
    if report.trained:
        document["held_out"] = {
            "unit": report.held_out_unit,
            "words": words.held_out_words,
            "unk_words": words.held_out_unk_words,
            "unk_rate": words.held_out_unk_rate,
            "shattered_words": words.shattered.held_out_words,
            "shattered_rate": words.held_out_shattered_rate,
        }
    return document


def _per(tokens: Interval | None, units: int) -> float | None:
    return tokens.value / units if tokens and units else None


def _wholeness(report: TokenizerReport) -> dict[str, Any]:
    found = report.wholeness
    return {
        "whole_words_rate": found.whole_rate.value if found.whole_rate else None,
        "whole_words_rate_interval": _interval(found.whole_rate),
        "pieces_used_at_least": found.used,
        "scripts_sampled_bytes": found.sampled_bytes,
        "scripts": [
            {
                "script": cost.script,
                "words": cost.words,
                "continued_words": cost.continued_words,
                "continued_rate": cost.continued_rate.value if cost.continued_rate else None,
                "continued_rate_interval": _interval(cost.continued_rate),
                "tokens": cost.tokens,
                "characters": cost.characters,
                "tokens_per_word": cost.tokens_per_word.value if cost.tokens_per_word else None,
                "tokens_per_word_interval": _interval(cost.tokens_per_word),
                "tokens_per_character": cost.tokens_per_character,
            }
            for cost in found.scripts
        ],
    }


def _shattered(result: Result) -> dict[str, Any]:
    words, report = result.profile.words, result.tokenizer.shattered
    return {
        "shattered_words": words.shattered.words,
        "shattered_rate": words.shattered_rate,
        "shattered_pieces": words.shattered.pieces,
        "documents_with_shattered": words.shattered.documents,
        "tokens_if_whole": report.tokens_if_whole,
        "shattered_characters": report.distinct,
        "shattered_words_exact": report.exact,
        "worst_shattered_words": [{"word": word, "count": times} for word, times in report.words],
        "worst_shattered_characters": [
            {
                "character": cut.character,
                "codepoint": cut.codepoint,
                "name": cut.name,
                "words": cut.words,
                "times": cut.times,
                "tokens": cut.tokens,
            }
            for cut in report.characters
        ],
    }


def _letters(letters: LettersReport) -> dict[str, Any]:
    return {
        "characters_lost": letters.characters,
        "share": letters.share,
        "by_script": dict(letters.by_script),
        "worst": [
            {
                "character": loss.character,
                "codepoint": loss.codepoint,
                "way": loss.way,
                "left": loss.left,
                "count": loss.count,
            }
            for loss in letters.worst
        ],
        "words": letters.words,
        "words_changed": letters.words_changed,
        "words_share": letters.words_share,
        "words_exact": letters.words_exact,
        "examples": [{"word": word, "left": left, "count": count} for word, left, count in letters.examples],
    }


def _unused_places(result: Result) -> dict[str, Any] | None:
    unused, words = result.tokenizer.unused_places, result.profile.words
    if unused is None:
        return None

    def left(won_back: int) -> dict[str, Any]:
        lost = unused.left(words.unk_words, won_back)
        return {"unk_words": lost, "unk_rate": lost / words.words if words.words else 0.0}

    return {
        "places": unused.places,
        "places_taken": unused.taken,
        "exact": unused.exact,
        "additions": [
            {
                "character": addition.character,
                "codepoint": codepoint(addition.character),
                "pieces": list(addition.pieces),
                **left(addition.won_back),
            }
            for addition in unused.additions
        ],
    }


def _interval(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def _point(point: CurvePoint | None) -> dict[str, Any] | None:
    return None if point is None else dict(vars(point))


def render_files(records: Packed[FileRecord]) -> bytes:
    """One JSON line for each file found, in the order of their paths."""
    lines = []
    for record in records.ordered("path"):
        row = {key: value for key, value in record.row().items() if key != "start"}
        row["path"] = printable(record.path, 4096)
        lines.append(report_bytes(row, orjson.OPT_APPEND_NEWLINE))
    return b"".join(lines)
