"""The errors a user can meet: one base class, caught once, shown as one line."""

from __future__ import annotations


class CorpuscheckError(Exception):
    """What happened, where, and what to do. The command line prints it and exits with 2."""


class UsageError(CorpuscheckError):
    """An option or a path that cannot be used as given."""


class NothingToScanError(CorpuscheckError):
    """The paths hold no text that could be measured."""


class TokenizerError(CorpuscheckError):
    """A tokenizer that cannot be loaded, trained or judged."""


class ProfileError(CorpuscheckError):
    """A saved profile that cannot be read, or two that cannot be merged."""


class ScanError(CorpuscheckError):
    """The scan was cut short, so its figures would be incomplete."""
