"""Chances as log-odds, in which evidence adds up."""

from __future__ import annotations

import math

CLEAREST = 30.0


def logistic(logit: float) -> float:
    """Log-odds as a probability, kept away from nought and one."""
    return 1.0 / (1.0 + math.exp(-min(max(logit, -CLEAREST), CLEAREST)))


def log_odds(probability: float) -> float:
    """A probability as log-odds."""
    kept = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(kept / (1 - kept))
