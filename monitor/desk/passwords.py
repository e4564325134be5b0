"""Passwords: hashed with Argon2id (RFC 9106), checked in the same time whether the person exists or not."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST_PASSWORD = 12
# The hash of a random password that nobody kept, made with the parameters that `hash_password` uses.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$KSE7/cwu/YuVyVrSWmuRpA$hi+Ofle1Ck70svfwdm5vRR+BLi+H3WSJG11IqiYCgZA"


def hash_password(password: str) -> str:
    """Hash a new password; takes about a tenth of a second and 64 MB."""
    return PasswordHasher().hash(password)


def is_password_of(stored_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; for None (nobody) the same work is done and the answer is no."""
    try:
        PasswordHasher().verify(stored_hash or NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored_hash is not None
