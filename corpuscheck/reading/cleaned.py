"""Clean copies: which files beside the text are no text of theirs."""

from __future__ import annotations

import os

MANIFEST, REMOVALS = "manifest.json", "removed.jsonl.zst"
MARK = '"made_by": "corpuscheck clean"'
"""Stands at the beginning of a manifest."""

_HEAD = 200


def is_cleaned(folder: str) -> bool:
    """Whether a folder is a clean copy that this program made."""
    try:
        with open(os.path.join(folder, MANIFEST), "rb") as file:
            return MARK.encode() in file.read(_HEAD)
    except OSError:
        return False


def is_list(path: str) -> bool:
    """Whether a file is the manifest of a clean copy, or its list of what was taken out."""
    folder, name = os.path.split(path)
    return name in (MANIFEST, REMOVALS) and is_cleaned(folder)
