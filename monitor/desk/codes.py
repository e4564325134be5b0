"""The second step of signing in: six digits that change every half minute (TOTP, RFC 6238)."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

import pyotp

STEP = 30
SLACK = (-1, 0, 1)  # a clock may be half a minute off


def new_secret() -> str:
    """A secret for an app that makes codes (160 bits, base32)."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code belongs to, or None when it is no code of this moment."""
    wanted = "".join(code.split())
    if not wanted.isascii() or not wanted.isdigit():
        return None
    maker = pyotp.TOTP(secret)
    for slack in SLACK:
        moment = now + timedelta(seconds=slack * STEP)
        if pyotp.utils.strings_equal(maker.at(moment), wanted):
            return int(moment.timestamp()) // STEP
    return None


def address_of(secret: str, email: str) -> str:
    """What an app wants to know, as the address in its picture (otpauth)."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Participatieradar")


def picture_of(secret: str, email: str) -> str:
    """The same as a QR code: an SVG to stand in a page, without style or script of its own."""
    import segno  # asked for once by each person

    out = BytesIO()
    segno.make(address_of(secret, email), micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, scale=5, border=2
    )
    return out.getvalue().decode()
