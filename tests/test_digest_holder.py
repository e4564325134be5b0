import subprocess
import sys

from digest.holder import is_gone, own_name


def test_a_living_process_is_not_gone():
    """The name of this process names a living one, and each name is new."""
    name = own_name()
    assert not is_gone(name)
    assert own_name() != name


def test_a_dead_process_is_gone():
    """The name of a process that has ended on this machine names a dead one."""
    code = "from digest.holder import own_name; print(own_name())"
    name = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert is_gone(name)


def test_a_number_used_again_is_another_process():
    """A living process with the number of the dead one, but another start, does not keep the lease."""
    machine, number, started, chance = own_name().split(" ")
    assert is_gone(f"{machine} {number} {int(started) - 1} {chance}")


def test_what_cannot_be_seen_is_not_gone():
    """A holder on another machine, or with a name we do not know, may be alive: the lease decides."""
    assert not is_gone("elders 1 2 3")
    assert not is_gone("iets anders")
    assert not is_gone("")
