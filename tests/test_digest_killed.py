import pytest
from fakes_faulty_smtp import HOSTILE, ORDINARY
from fakes_kills import a_week


@pytest.mark.parametrize(("week", "seed"), [(ORDINARY, 1), (HOSTILE, 2)], ids=["ordinary", "hostile"])
def test_killed_again_and_again_nobody_is_missed(database, week, seed):
    """Senders with four connections, killed with -9: nobody lost, few doubled and those to the byte."""
    outcome = a_week(database, week, seed, readers=60, kills=3)
    assert outcome.kills == 3
    assert outcome.faults() == []
    assert (outcome.tls_troubles > 0) is (week is HOSTILE)
