"""What is counted in a document: a column for each kind of character, then for runs, words, lines and debris."""

from __future__ import annotations

from corpuscheck.text.scripts import SCRIPTS

LETTERS = len(SCRIPTS)
"""Columns 0 to LETTERS - 1 hold letters and marks by script, see `corpuscheck.text.scripts`."""

(DIGITS, PUNCTUATION, SYMBOLS, BRACES, SPACES, LINE_ENDS, CONTROLS, PRIVATE, REPLACEMENTS, UNASSIGNED) = range(
    LETTERS, LETTERS + 10
)
KINDS = LETTERS + 10
"""Every character is of one of so many kinds."""

(
    BYTES,
    RUN_BYTES,
    LATIN_RUNS,
    WORDS,
    LONG_WORDS,
    LINES,
    LINE_BYTES,
    REPEATED_LINE_BYTES,
    SHORT_LINES,
    ENDED_LINES,
    BULLET_LINES,
    SHINGLES,
    SAMPLED,
    REPEATED,
    NEW_LINES,
    NEW_LINE_BYTES,
    PARAGRAPHS,
    PARAGRAPH_BYTES,
) = range(KINDS, KINDS + 18)

DEBRIS = ("markup", "entities", "URLs", "e-mail addresses", "symbol runs", "unreadable characters")
"""Debris: two columns each, how many and how many bytes."""
FIRST_DEBRIS = KINDS + 18
MARKUP, ENTITIES, URLS, EMAILS, SYMBOL_RUNS, UNREADABLE = range(len(DEBRIS))

PII = (
    "e-mail address",
    "Korean mobile number",
    "Korean landline number",
    "Korean resident number",
    "Korean resident number with a true date",
    "payment card number",
    "US social security number",
    "telephone number",
    "IPv4 address",
)
"""Shapes of personal data: one column each."""
FIRST_PII = FIRST_DEBRIS + 2 * len(DEBRIS)
(PII_EMAIL, KR_MOBILE, KR_LANDLINE, KR_RESIDENT, KR_RESIDENT_DATED, CARD, US_SOCIAL, PHONE, IPV4) = range(len(PII))
KOREAN_SHAPES = (KR_MOBILE, KR_LANDLINE, KR_RESIDENT, KR_RESIDENT_DATED)

COLUMNS = FIRST_PII + len(PII)

SHORT_DOCUMENT = 200
"""Bytes; of shorter documents shares say little: most rules do not judge them, and they are shown apart."""

WIDE_SCRIPTS = tuple(
    SCRIPTS.index(name) for name in ("Hangul", "Han", "Kana", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan")
)
"""Scripts in which few characters say much: short shingles."""

UNSPACED = tuple(SCRIPTS.index(name) for name in ("Han", "Kana", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan"))
"""Scripts without spaces between words."""
