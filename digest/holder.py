"""Who is the one sender: a name for this process, and whether the process behind such a name is gone.

After a crash the next sender need not wait for the lease to run out, when it can see that the holder is dead. It can
see that only on the same machine, since the same start, in the same process namespace (Linux); else the lease decides.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

PROC = Path("/proc")


def own_name() -> str:
    """A new name for a piece of work of this process: machine and namespace, process number, its start, and chance."""
    return f"{_machine()} {os.getpid()} {_started(os.getpid())} {secrets.token_hex(4)}"


def is_gone(name: str) -> bool:
    """Whether the process of that name certainly does not run any more; False when that cannot be seen from here."""
    parts = name.split(" ")
    if len(parts) != 4 or parts[0] == "?" or parts[0] != _machine() or not parts[1].isdigit():
        return False
    return _started(int(parts[1])) != parts[2]


def _machine() -> str:
    try:
        start = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{start}/{(PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return "?"


def _started(number: int) -> str:
    """When a process started, in clock ticks since the machine did; "-" when there is no such process or it is dead."""
    try:
        after_name = (PROC / str(number) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "-"
    return "-" if after_name[0] in "ZX" else after_name[19]
