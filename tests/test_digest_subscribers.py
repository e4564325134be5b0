from datetime import date, timedelta

import pytest
from fakes_digest import NOW, a_reader

from digest.edition import Audience
from digest.records import SubscriberState
from digest.subscribers import SubscriberRefused, add, by_email, by_token, leave, subscribers


def emails(found):
    return [one.email.partition("@")[0] for one in found]


def test_people_are_signed_up_with_their_proof(engine):
    """What was given comes back, with a secret of their own for each."""
    anna, bas = a_reader("anna"), a_reader("bas", Audience.CORPORATIE)
    assert add(engine, [anna, bas], NOW).added == (anna.email, bas.email)
    stored = by_email(engine, " ANNA@lezers.example")
    assert (stored.name, stored.audience, stored.consent) == ("Anna", Audience.GEMEENTE, anna.consent)
    assert (stored.state, stored.created_at, stored.left_at) == (SubscriberState.ACTIVE, NOW, None)
    assert len(stored.token) >= 32
    assert stored.token != by_email(engine, bas.email).token
    assert emails(subscribers(engine)) == ["anna", "bas"]
    assert emails(subscribers(engine, Audience.CORPORATIE)) == ["bas"]


def test_signing_up_twice_changes_nothing(engine):
    """Who has the letter already is told, and keeps the first proof and secret."""
    add(engine, [a_reader("anna")], NOW)
    before = by_email(engine, "anna@lezers.example")
    again = add(engine, [a_reader("anna", when=date(2026, 5, 1))], NOW + timedelta(days=1))
    assert (again.added, again.already) == ((), ("anna@lezers.example",))
    assert by_email(engine, "anna@lezers.example") == before


def test_all_or_nobody(engine):
    """One who follows another audience already refuses the whole list, and is named."""
    add(engine, [a_reader("anna")], NOW)
    with pytest.raises(SubscriberRefused, match=r"anna@lezers\.example: krijgt al de brief voor gemeenten"):
        add(engine, [a_reader("bas"), a_reader("anna", Audience.CORPORATIE)], NOW)
    assert emails(subscribers(engine)) == ["anna"]


def test_leaving_is_easy_and_may_be_repeated(engine):
    """The secret is enough; a second time changes nothing; a wrong secret finds nobody."""
    add(engine, [a_reader("anna")], NOW)
    token = by_email(engine, "anna@lezers.example").token
    assert leave(engine, token, NOW).state is SubscriberState.LEFT
    assert leave(engine, token, NOW + timedelta(days=3)).left_at == NOW
    assert leave(engine, "verkeerd", NOW) is None
    assert by_token(engine, "verkeerd") is None
    assert subscribers(engine) == ()
    assert emails(subscribers(engine, state=SubscriberState.LEFT)) == ["anna"]


def test_who_left_is_not_signed_up_again_by_an_old_list(engine):
    """Only consent of a later day than the leaving counts."""
    add(engine, [a_reader("anna")], NOW)
    leave(engine, by_email(engine, "anna@lezers.example").token, NOW)
    with pytest.raises(SubscriberRefused, match="25 november 2026 afgemeld"):
        add(engine, [a_reader("anna", when=date(2026, 11, 25))], NOW)
    later = NOW + timedelta(days=2)
    assert add(engine, [a_reader("anna", when=date(2026, 11, 26))], later).added
    assert by_email(engine, "anna@lezers.example").state is SubscriberState.ACTIVE
