"""The regularised lower incomplete gamma function, for intervals on a page that must not wait for a scientific library.

SciPy has it too, and the tests hold the two together; loading it costs a second and 30 MB in the process of the desk.
"""

from __future__ import annotations

import math

MOST_STEPS = 10_000
NEAR = 1e-15
TINY = 1e-300


def lower_share(a: float, x: float) -> float:
    """P(a, x) for a > 0 and x >= 0: by its series, or where that is slow by its continued fraction (DLMF 8.11, 8.9)."""
    if x <= 0:
        return 0.0
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    return scale * _series(a, x) if x < a + 1 else 1 - scale * _fraction(a, x)


def _series(a: float, x: float) -> float:
    term = total = 1 / a
    for step in range(1, MOST_STEPS):
        term *= x / (a + step)
        total += term
        if term < total * NEAR:
            break
    return total


def _fraction(a: float, x: float) -> float:
    """The upper part by the method of Lentz."""
    below = x + 1 - a
    ratio, part = 1 / TINY, 1 / below
    value = part
    for step in range(1, MOST_STEPS):
        numerator = -step * (step - a)
        below += 2
        part = 1 / (numerator * part + below or TINY)
        ratio = below + numerator / ratio or TINY
        change = part * ratio
        value *= change
        if abs(change - 1) < NEAR:
            break
    return value
