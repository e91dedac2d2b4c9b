"""The languages that can be told apart, and the scripts that they are written in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """A language by its code of ISO 639, its English name, and its script (Kana is Japanese with its Han)."""

    code: str
    name: str
    script: str


LANGUAGES = {
    language.code: language
    for language in (
        Language("ar", "Arabic", "Arabic"),
        Language("de", "German", "Latin"),
        Language("en", "English", "Latin"),
        Language("es", "Spanish", "Latin"),
        Language("fr", "French", "Latin"),
        Language("ja", "Japanese", "Kana"),
        Language("ko", "Korean", "Hangul"),
        Language("pl", "Polish", "Latin"),
        Language("ru", "Russian", "Cyrillic"),
        Language("th", "Thai", "Thai"),
        Language("tr", "Turkish", "Latin"),
        Language("vi", "Vietnamese", "Latin"),
        Language("zh", "Chinese", "Han"),
    )
}
"""Those that have a shipped reference."""


def written_in(script: str) -> tuple[str, ...]:
    """The codes of the languages that are written in a script."""
    return tuple(code for code, language in LANGUAGES.items() if language.script == script)


def script_of_label(label: str) -> str:
    """The script of a language; a label that is no language is one itself."""
    return LANGUAGES[label].script if label in LANGUAGES else label


def named(label: str) -> str:
    """Korean, of ``ko``; a text whose language is not known is called by its script."""
    if label in LANGUAGES:
        return LANGUAGES[label].name
    return f"{label} script" if label[:1].isupper() else "no language"
