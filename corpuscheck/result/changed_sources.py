"""Which sources are not as the baseline knew them."""

from __future__ import annotations

from corpuscheck.profile.profile import Profile
from corpuscheck.profile.sources import SourceFigures
from corpuscheck.result.by_source import short_names
from corpuscheck.result.sources import ChangedSource


def changed_sources(base: Profile, head: Profile) -> tuple[ChangedSource, ...]:
    """Those that lose more words first, then by the text that came or went.

    None where there is one source, or where the two were told apart in different ways.
    """
    if base.sources.by != head.sources.by or len({*base.sources.sources, *head.sources.sources}) < 2:
        return ()
    before, now = _named(base), _named(head)
    pairs = {name: (before.get(name, SourceFigures()), now.get(name, SourceFigures())) for name in {*before, *now}}
    changed = {name: (was, now) for name, (was, now) in pairs.items() if was != now}

    def rank(name: str) -> tuple[int, int, str]:
        was, is_now = changed[name]
        return was.unk_words - is_now.unk_words, -abs(is_now.utf8_bytes - was.utf8_bytes), name

    return tuple(_change(name, *changed[name]) for name in sorted(changed, key=rank))


def _named(profile: Profile) -> dict[str, SourceFigures]:
    names = short_names(profile.sources.by, profile.sources.sources)
    return {names[name]: figures for name, figures in profile.sources.sources.items()}


def _change(name: str, was: SourceFigures, now: SourceFigures) -> ChangedSource:
    return ChangedSource(name, was.documents, now.documents, was.utf8_bytes, now.utf8_bytes, was.unk_rate, now.unk_rate)
