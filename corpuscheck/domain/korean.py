"""Korean: the particles that a noun takes, so that 계약을, 계약의 and 계약이 count as one word."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PARTICLES = """
이 가 은 는 을 를 의 에 와 과 도 로 으로 만 나 이나 라 이라 란 이란 든 이든 며 이며 고 이고 다
이다 인 일 임 에서 에게 에는 에도 에만 에의 에서는 에서도 에서의 에게는 에게서 한테 께 께서 께서는 로서
으로서 로써 으로써 로는 으로는 로도 으로도 로의 으로의 로부터 으로부터 까지 까지는 까지의 부터 부터는 마다
보다 처럼 만이 만을 만은 만의 만으로 조차 마저 밖에 뿐 뿐만 와의 과의 와는 과는 이라는 라는 이라고 라고
이라도 라도 들 들이 들은 들을 들의 들에게 들도 들과 하고 이라면 라면 대로 만큼 에서부터 이었다 였다 입니다
이었던 이다고
"""

JOSA = frozenset(_PARTICLES.split())
"""After the particles (조사) of the National Institute of Korean Language's standard grammar, with the copula and
the plural 들 as they stand in text."""

LONGEST_JOSA = max(map(len, JOSA))
SHORTEST_STEM = 2

_HANGUL = re.compile(f"[가-힣]{{{SHORTEST_STEM},}}")


def stems(word: str) -> Iterator[str]:
    """What is left of a word of Hangul without a particle, of two syllables at least; the word itself first."""
    if not _HANGUL.fullmatch(word):
        return
    yield word
    for length in range(1, min(LONGEST_JOSA, len(word) - SHORTEST_STEM) + 1):
        if word[-length:] in JOSA:
            yield word[:-length]
