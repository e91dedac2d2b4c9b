"""Result: what was concluded from a profile. Pure and small; every report renders this and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from corpuscheck.domain.report import DomainReport
from corpuscheck.profile.estimates import Interval
from corpuscheck.profile.profile import Profile
from corpuscheck.result.contamination import Contamination
from corpuscheck.result.copies import Cleanliness
from corpuscheck.result.distributions import Distributions
from corpuscheck.result.normalisation import Normalisation
from corpuscheck.result.place import Place
from corpuscheck.result.sources import ChangedSource, Sources
from corpuscheck.result.sums import ERRORS
from corpuscheck.settings import Limits, Policy, Severity
from corpuscheck.text.amounts import about, estimated, percent, plural, size
from corpuscheck.text.printable import codepoint
from corpuscheck.text.scripts import ScriptShare
from corpuscheck.tokenizer.unused import UnusedPlaces
from corpuscheck.values.brief import brief
from corpuscheck.values.presentable import Presentable

Verdict = Literal["ready", "caution", "not_ready"]


@dataclass(frozen=True)
class Finding:
    """One judgement.

    `message` says what was found, `advice` what to do about it; `measured` and `limit` are the figures
    behind it, in the rule's own unit; `places` are the files that contribute most, the worst first.
    """

    __repr__ = brief

    rule: str
    name: str
    severity: Severity
    message: str
    advice: str
    measured: float | int | str | None = None
    limit: float | int | None = None
    places: tuple[Place, ...] = ()

    @property
    def path(self) -> str | None:
        return self.places[0].path if self.places else None


@dataclass(frozen=True)
class SkippedRule:
    """A rule that could not be judged, and why. It neither passed nor failed."""

    rule: str
    name: str
    reason: str


@dataclass(frozen=True)
class LostWord:
    """A word that became [UNK]: occurrences, why, and the characters that did it."""

    __repr__ = brief

    word: str
    count: int
    cause: str
    kind: str
    characters: tuple[str, ...]


@dataclass(frozen=True)
class GuiltyCharacter:
    """A character that loses words: how many hold it, and how many adding it alone would win back."""

    character: str
    name: str
    words_lost: int
    words_won_back: int

    @property
    def codepoint(self) -> str:
        return codepoint(self.character)


@dataclass(frozen=True)
class ShatteredCharacter:
    """A character that a tokenizer spells in pieces: words that hold it so, how often it is, tokens that spell it."""

    character: str
    name: str
    words: int
    times: int
    tokens: int

    @property
    def codepoint(self) -> str:
        return codepoint(self.character)


@dataclass(frozen=True)
class ShatteredReport:
    """What is shattered, the worst first: (word, occurrences), a sample unless `exact`, and characters.

    `tokens_if_whole` are those that the text would take if each of these characters were one; None where the tokens
    of the text are not counted.
    """

    __repr__ = brief

    words: tuple[tuple[str, int], ...] = ()
    characters: tuple[ShatteredCharacter, ...] = ()
    distinct: int = 0
    exact: bool = True
    tokens_if_whole: int | None = None


@dataclass(frozen=True)
class ScriptCost:
    """What the words of a script take: their tokens per word, and the share of them that is several tokens.

    All but the intervals are sums over the sample.
    """

    __repr__ = brief

    script: str
    words: int
    continued_words: int
    tokens: int
    characters: int
    continued_rate: Interval | None
    tokens_per_word: Interval | None

    @property
    def tokens_per_character(self) -> float | None:
        return self.tokens / self.characters if self.characters else None


@dataclass(frozen=True)
class WholenessReport:
    """How many words are kept whole, which script pays for it, and how much of the vocabulary is used at least.

    All of it comes from `sampled_bytes` of the text.
    """

    __repr__ = brief

    whole_rate: Interval | None = None
    scripts: tuple[ScriptCost, ...] = ()
    used: int = 0
    sampled_bytes: int = 0


@dataclass(frozen=True)
class UnknownReport:
    """What becomes of characters that the tokenizer does not know.

    `way` is "token" (an unknown token), "ordinary" (a token with another use as well), "dropped" (nothing at all) or
    "none" (everything is spelled). `written` counts the words that are that token itself, written out. With `fuses`,
    neighbours become one token: `fused_words` are lost words in which the first one stands for several characters, and
    `fused_characters` those characters.
    """

    way: str = "none"
    token: str = ""
    written: int = 0
    fuses: bool = False
    fused_words: int = 0
    fused_characters: int = 0
    exact: bool = True


@dataclass(frozen=True)
class CurvePoint:
    """Words lost by an alphabet of this size."""

    alphabet: int
    unk_words: int
    unk_rate: float


@dataclass(frozen=True)
class AlphabetAdvice:
    """What the curve says. `smallest` is the smallest alphabet under the limit, `recommended` the one to use."""

    __repr__ = brief

    points: tuple[CurvePoint, ...] = ()
    default_rate: Interval | None = None
    smallest: CurvePoint | None = None
    recommended: CurvePoint | None = None
    characters: int = 0
    sampled: bool = False
    unavailable: str = ""


@dataclass(frozen=True)
class LostLetter:
    """A character that the normaliser changes, deletes or takes apart: occurrences, and what is left of it."""

    character: str
    way: str
    left: str
    count: int

    @property
    def codepoint(self) -> str:
        return codepoint(self.character)


@dataclass(frozen=True)
class LettersReport:
    """What the normaliser changes or deletes of the text: characters counted exactly, words in a sample.

    `by_script` has the characters by script, the most frequent first; `words` are those between white space of the
    sample, `examples` are (word, what is left of it, occurrences).
    """

    __repr__ = brief

    characters: int = 0
    total: int = 0
    by_script: tuple[tuple[str, int], ...] = ()
    worst: tuple[LostLetter, ...] = ()
    words: int = 0
    words_changed: int = 0
    words_exact: bool = True
    examples: tuple[tuple[str, str, int], ...] = ()

    @property
    def share(self) -> float:
        """Of the characters of the text."""
        return self.characters / self.total if self.total else 0.0

    @property
    def words_share(self) -> float:
        return self.words_changed / self.words if self.words else 0.0


@dataclass(frozen=True)
class Remedy:
    """Something that wins back lost words: what it is for a person, and how many of those that were tried."""

    name: str
    advice: str
    words_won_back: int


@dataclass(frozen=True)
class OtherReading:
    """What a vocabulary that no file explains would lose, read in the other likely way; from a sample."""

    normalizer: str
    unk_rate: float
    exact: bool


@dataclass(frozen=True)
class TokenizerReport:
    """The tokenizer and what it loses, ready to be shown. `own_alphabet` counts its pieces of one character.

    `assumed` says how a vocabulary was read that no file explains; `remarks` are (what is odd about its files, what to
    do); `special` counts special tokens in the text; `remedies` were tried on `words_tried` lost words, the best first.
    """

    __repr__ = brief

    source: str
    trained: bool
    fingerprint: str
    model: str
    vocab_size: int
    normalizer: str
    method: str
    held_out_unit: str
    tokens: Interval | None
    tokens_exact: bool
    tokens_per_word: Interval | None
    worst_words: tuple[LostWord, ...]
    worst_characters: tuple[GuiltyCharacter, ...]
    causes: dict[str, int]
    words_exact: bool
    saved_by_nfc: int
    alphabet: AlphabetAdvice = field(default_factory=AlphabetAdvice)
    own_alphabet: int = 0
    assumed: str = ""
    other_reading: OtherReading | None = None
    remarks: tuple[tuple[str, str], ...] = ()
    letters: LettersReport = field(default_factory=LettersReport)
    special: dict[str, int] = field(default_factory=dict)
    remedies: tuple[Remedy, ...] = ()
    words_tried: int = 0
    unused_places: UnusedPlaces | None = None
    shattered: ShatteredReport = field(default_factory=ShatteredReport)
    wholeness: WholenessReport = field(default_factory=WholenessReport)
    unknown: UnknownReport = field(default_factory=UnknownReport)


Change = Literal["added", "changed", "moved", "removed"]


@dataclass(frozen=True)
class ChangedFile:
    """A file that is not as the baseline knew it. Figures are those of the file as it is now, of a removed one
    as it was; of a changed one `new_words` and the words that are lost are what came in addition."""

    path: str
    change: Change
    encoding: str
    utf8_bytes: int
    documents: int
    new_words: int
    new_unk_words: int
    first_unk_line: int | None = None
    new_shattered_words: int = 0

    @property
    def unk_rate(self) -> float:
        return self.new_unk_words / self.new_words if self.new_words else 0.0

    @property
    def shattered_rate(self) -> float:
        return self.new_shattered_words / self.new_words if self.new_words else 0.0


@dataclass(frozen=True)
class NewCharacter:
    """A character that the baseline never saw: occurrences, whether words are lost or shattered by it, and where it
    first stands."""

    __repr__ = brief

    character: str
    name: str
    count: int
    lost: bool
    place: Place | None

    @property
    def codepoint(self) -> str:
        return codepoint(self.character)


@dataclass(frozen=True)
class NewDamage:
    """More of a kind of trouble than the baseline had, such as ``invalid bytes``."""

    __repr__ = brief

    kind: str
    files: int
    amount: int
    places: tuple[Place, ...]


CopyKind = Literal["exact", "normalised", "near"]


@dataclass(frozen=True)
class NewCopy:
    """A document that came in addition and its twin in the baseline; how much they share; how many such the file has,
    and their bytes."""

    kind: CopyKind
    place: Place
    twin: Place
    likeness: float
    documents: int
    utf8_bytes: int

    @property
    def told(self) -> str:
        """new.txt#1 = old.txt#3, and how much alike they are where they are not the same."""
        alike = {"exact": "", "normalised": ", normalised", "near": f", {percent(self.likeness)} alike"}[self.kind]
        return f"{self.place.named} = {self.twin.named}{alike}"


@dataclass(frozen=True)
class NewCopies:
    """Documents that came in addition and that the baseline has already.

    `kinds` counts them by kind; `places` are their files, the worst first; `pairs` the largest ones with their twins.
    `sampled` tells that they were estimated from a sample of the documents, then `documents_error` and `error` (bytes)
    are standard errors; `unlooked` says which kinds cannot be told.
    """

    __repr__ = brief

    documents: int = 0
    utf8_bytes: int = 0
    sampled: bool = False
    places: tuple[Place, ...] = ()
    kinds: dict[CopyKind, int] = field(default_factory=lambda: dict.fromkeys(get_args(CopyKind), 0))
    pairs: tuple[NewCopy, ...] = ()
    unlooked: str = ""
    documents_error: float = 0.0
    error: float = 0.0

    @property
    def told(self) -> str:
        """3 new documents (2.10 kB) are copies"""
        if not self.sampled:
            verb = "is a copy" if self.documents == 1 else "are copies"
            return f"{plural(self.documents, 'new document')} ({size(self.utf8_bytes)}) {verb}"
        documents = estimated(self.documents, ERRORS * self.documents_error, False, about)
        return f"{documents} new documents ({estimated(self.utf8_bytes, ERRORS * self.error, False)}) are copies"


@dataclass(frozen=True)
class Changes:
    """What a corpus has become since its baseline. Each list has the worst first.

    `new_encodings` maps a codec to the files that brought it; `settings` are those that decided otherwise for it.
    """

    __repr__ = brief

    name: str
    base: Profile
    files: tuple[ChangedFile, ...] = ()
    new_characters: tuple[NewCharacter, ...] = ()
    newly_lost: tuple[LostWord, ...] = ()
    new_encodings: dict[str, tuple[Place, ...]] = field(default_factory=dict)
    damage: tuple[NewDamage, ...] = ()
    newly_skipped: tuple[NewDamage, ...] = ()
    copies: NewCopies = field(default_factory=NewCopies)
    settings: tuple[str, ...] = ()
    sources: tuple[ChangedSource, ...] = ()

    def changed(self, change: Change) -> tuple[ChangedFile, ...]:
        return tuple(file for file in self.files if file.change == change)

    @property
    def new_words(self) -> int:
        return sum(file.new_words for file in self.files if file.change in ("added", "changed"))

    @property
    def new_unk_words(self) -> int:
        return sum(file.new_unk_words for file in self.files if file.change in ("added", "changed"))

    @property
    def new_shattered_words(self) -> int:
        return sum(file.new_shattered_words for file in self.files if file.change in ("added", "changed"))

    @property
    def new_shattered_rate(self) -> float:
        """Share of shattered words in the text that came in addition."""
        return self.new_shattered_words / self.new_words if self.new_words else 0.0

    @property
    def new_unk_rate(self) -> float:
        """[UNK] rate of the text that came in addition."""
        return self.new_unk_words / self.new_words if self.new_words else 0.0


@dataclass(frozen=True)
class Result(Presentable):
    """The conclusion of a scan: the profile it rests on, findings worst first, and the verdict."""

    profile: Profile
    limits: Limits
    tokenizer: TokenizerReport
    findings: tuple[Finding, ...]
    skipped_rules: tuple[SkippedRule, ...] = ()
    policy: Policy = field(default_factory=Policy)
    comparison: Changes | None = None
    normalisation: Normalisation = field(default_factory=Normalisation)
    cleanliness: Cleanliness = field(default_factory=Cleanliness)
    scripts: tuple[ScriptShare, ...] = ()
    domain: DomainReport | None = None
    sources: Sources = field(default_factory=Sources)
    distributions: Distributions = field(default_factory=Distributions)
    against: tuple[Contamination, ...] = ()

    def __repr__(self) -> str:
        size, words = self.profile.size, self.profile.words
        rules = ", ".join(f"{finding.rule} {finding.severity}" for finding in self.findings) or "no findings"
        return (
            f"<Result {self.verdict}: {rules}; {size.utf8_bytes:,} bytes of text in {size.documents:,} documents, "
            f"{words.unk_words:,} of {words.words:,} words [UNK]>"
        )

    @property
    def verdict(self) -> Verdict:
        severities = {finding.severity for finding in self.findings}
        return "not_ready" if "error" in severities else "caution" if "warning" in severities else "ready"

    def fails(self, finding: Finding) -> bool:
        """Whether this finding is as grave as `fail_on` says."""
        fatal = {"error": {"error"}, "warning": {"error", "warning"}, "never": set[str]()}[self.policy.fail_on]
        return finding.severity in fatal

    @property
    def passed(self) -> bool:
        """Whether the gate lets this through: no finding fails it."""
        return not any(map(self.fails, self.findings))

    def place_of(self, finding: Finding) -> Place:
        """The worst file; for what concerns the whole corpus, the line of the configuration that sets its limit."""
        if finding.places:
            return finding.places[0]
        return Place(self.policy.config or "corpuscheck.toml", self.policy.lines.get(finding.rule, 1))
