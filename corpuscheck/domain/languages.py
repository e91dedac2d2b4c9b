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

OTHERS = {
    language.code: language
    for language in (
        Language("bg", "Bulgarian", "Cyrillic"),
        Language("ca", "Catalan", "Latin"),
        Language("cs", "Czech", "Latin"),
        Language("da", "Danish", "Latin"),
        Language("fa", "Persian", "Arabic"),
        Language("fi", "Finnish", "Latin"),
        Language("fil", "Filipino", "Latin"),
        Language("hu", "Hungarian", "Latin"),
        Language("id", "Indonesian", "Latin"),
        Language("is", "Icelandic", "Latin"),
        Language("it", "Italian", "Latin"),
        Language("lt", "Lithuanian", "Latin"),
        Language("lv", "Latvian", "Latin"),
        Language("mk", "Macedonian", "Cyrillic"),
        Language("ms", "Malay", "Latin"),
        Language("nb", "Norwegian", "Latin"),
        Language("nl", "Dutch", "Latin"),
        Language("pt", "Portuguese", "Latin"),
        Language("ro", "Romanian", "Latin"),
        Language("sh", "Serbo-Croatian", "Latin"),
        Language("sk", "Slovak", "Latin"),
        Language("sl", "Slovenian", "Latin"),
        Language("sr", "Serbian", "Cyrillic"),
        Language("sv", "Swedish", "Latin"),
        Language("uk", "Ukrainian", "Cyrillic"),
        Language("ur", "Urdu", "Arabic"),
    )
}
"""Those that are told from the former and have none."""

_KNOWN = LANGUAGES | OTHERS

SCRIPTS_OF_MANY = ("Latin", "Cyrillic", "Arabic")
"""Scripts that several of these are written in, and many more languages."""


def written_in(script: str) -> tuple[str, ...]:
    """The codes of the languages that are written in a script."""
    return tuple(code for code, language in _KNOWN.items() if language.script == script)


def script_of_label(label: str) -> str:
    """The script of a language; a label that is no language is one itself."""
    return _KNOWN[label].script if label in _KNOWN else label


def named(label: str) -> str:
    """Korean, of ``ko``; a text whose language is not known is called by its script."""
    if label in _KNOWN:
        return _KNOWN[label].name
    return f"{label} script" if label[:1].isupper() else "no language"
