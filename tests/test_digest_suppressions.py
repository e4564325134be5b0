from datetime import timedelta

import pytest
from fakes_digest import NOW
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from digest.bounce_tables import Suppression, suppression
from digest.suppressions import lift, reason_of, since, suppress


def test_an_address_is_kept_from_mail_in_each_of_its_spellings(engine):
    """What is suppressed once holds for every spelling, until it is lifted."""
    with engine.begin() as connection:
        assert reason_of(connection, "anna@lezers.example") is None
        assert suppress(connection, "anna@lezers.example", Suppression.BOUNCED, NOW)
        assert reason_of(connection, " ANNA@Lezers.example ") is Suppression.BOUNCED
        assert since(connection, "anna@lezers.example") == NOW
        assert lift(connection, "Anna@lezers.example")
        assert not lift(connection, "anna@lezers.example")
        assert reason_of(connection, "anna@lezers.example") is None


def test_a_weightier_reason_stands(engine):
    """A complaint takes the place of leaving, and leaving never that of a complaint."""
    with engine.begin() as connection:
        assert suppress(connection, "anna@lezers.example", Suppression.LEFT, NOW)
        assert suppress(connection, "anna@lezers.example", Suppression.COMPLAINT, NOW + timedelta(days=1))
        assert not suppress(connection, "anna@lezers.example", Suppression.LEFT, NOW + timedelta(days=2))
        assert reason_of(connection, "anna@lezers.example") is Suppression.COMPLAINT
        assert since(connection, "anna@lezers.example") == NOW + timedelta(days=1)


def test_a_fault_in_a_statement_names_no_reader(engine):
    """What the log keeps of a fault holds no value of the statement, such as somebody's address."""
    asked = text("SELECT nothing_of_that_name FROM subscriber WHERE email = :email")
    with pytest.raises(DBAPIError) as fault, engine.connect() as connection:
        connection.execute(asked, {"email": "anna@lezers.example"})
    assert "anna" not in str(fault.value)


def test_no_address_is_stored_in_the_clear(engine):
    """The list outlives its readers, so it holds no address."""
    with engine.begin() as connection:
        suppress(connection, "anna@lezers.example", Suppression.ERASED, NOW)
        row = connection.execute(select(suppression)).one()
    assert "anna" not in str(row)
    assert len(row.address_hash) == 64


def test_what_is_no_address_is_refused(engine):
    """A mistake in an address must not look like a suppression."""
    with engine.begin() as connection, pytest.raises(ValueError, match="geen e-mailadres"):
        suppress(connection, "anna", Suppression.LEFT, NOW)
