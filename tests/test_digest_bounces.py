from datetime import date, timedelta
from pathlib import Path

import pytest
from fakes_certificates import an_authority
from fakes_digest import NOW, a_reader, an_edition, frozen, post_office
from fakes_imap import PASSWORD, Box, imap_server
from sqlalchemy import select

from digest import outbox, store, subscribers
from digest.bounce_tables import BounceKind, Suppression
from digest.bounces import bounces_of, latest, take_in, take_refusals
from digest.mailbox import Emptied, Mailbox, MailboxTrouble, empty
from digest.records import SubscriberState
from digest.returned import ReturnedKind
from digest.sample import LETTERHEAD
from digest.suppressions import reason_of
from digest.tables import delivery

FOLDER = Path(__file__).parent / "returned"
MARK = b"0123456789abcdef0123456789abcdef"
READER = "lezer01@lezers.example"
RETURN_TO = LETTERHEAD.model_copy(update={"return_address": "retour@voorbeeld.example"})


def sent(engine, number=1, now=NOW, post=None):
    """Freeze and send an edition to one reader; gives the mark of the letter."""
    edition = an_edition(f"a{number}", issue=f"2026-W{47 + number}", number=number)
    edition = edition.model_copy(update={"composed_on": now.date()})
    if number == 1:
        edition_id = frozen(engine, 1, edition)
    else:
        edition_id = store.save_draft(engine, edition, now)
        store.freeze(engine, edition_id, now, LETTERHEAD.domain)
    with post_office(post) as office:
        outbox.send(engine, edition_id, RETURN_TO, office.connect(), lambda: now)
    with engine.connect() as connection:
        name = connection.scalar(select(delivery.c.message_id).where(delivery.c.edition_id == edition_id))
    return edition_id, name.strip("<>").partition("@")[0].encode()


def came_back(sample, mark, number=1):
    raw = (FOLDER / f"{sample}.eml").read_bytes().replace(MARK, mark)
    return raw.replace(b"Message-ID: <2026", b"Message-ID: <%d-2026" % number)


def state_of(engine, email=READER):
    with engine.begin() as connection:
        return subscribers.by_email(engine, email).state, reason_of(connection, email)


@pytest.mark.parametrize("sample", ["postfix-onbekend", "gmail-zonder-verp", "oud-zonder-verp", "exchange-nederlands"])
def test_a_letter_that_can_never_arrive_stops_the_next(engine, sample):
    """The reader is off the list, an old list cannot bring them back, and the edition shows what came back."""
    edition_id, mark = sent(engine)
    taken = take_in(engine, came_back(sample, mark), NOW)
    assert taken.handled
    assert "kan niet aankomen (5.1.1" in taken.told
    assert state_of(engine) == (SubscriberState.LEFT, Suppression.BOUNCED)
    (one,) = bounces_of(engine, edition_id).values()
    assert (one.email, one.kind, one.status[:4], one.at) == (READER, BounceKind.HARD, "5.1.", NOW)
    assert latest(engine) == (one,)


def test_the_same_report_twice_counts_once(engine):
    """A mailbox that is read again changes nothing."""
    _, mark = sent(engine)
    take_in(engine, came_back("postfix-vol", mark), NOW)
    again = take_in(engine, b"Received: langs een andere weg\r\n" + came_back("postfix-vol", mark), NOW)
    assert "al als teruggekomen bekend" in again.told
    assert len(latest(engine)) == 1


def test_a_full_mailbox_is_spared_ever_longer_and_then_given_up(engine):
    """Once is nothing, then two weeks and four weeks of rest; the fourth letter in a row ends it."""
    until = []
    now = NOW
    for number in range(1, 5):
        now = NOW + timedelta(weeks=10 * (number - 1))
        _, mark = sent(engine, number, now)
        take_in(engine, came_back("postfix-vol", mark, number), now)
        reader = subscribers.by_email(engine, READER)
        until.append(reader.paused_until)
    day = NOW.date()
    assert until[:3] == [None, day + timedelta(weeks=12), day + timedelta(weeks=24)]
    assert state_of(engine) == (SubscriberState.LEFT, Suppression.BOUNCED)


def test_a_letter_that_arrives_in_between_begins_the_count_anew(engine):
    """Only letters that came back one after another say that a mailbox is gone."""
    for number, comes_back in enumerate((True, True, False, True), start=1):
        now = NOW + timedelta(weeks=10 * (number - 1))
        _, mark = sent(engine, number, now)
        if comes_back:
            taken = take_in(engine, came_back("postfix-vol", mark, number), now)
    assert "de volgende gaat er gewoon weer heen" in taken.told
    assert state_of(engine) == (SubscriberState.ACTIVE, None)


@pytest.mark.parametrize("sample", ["klacht", "klacht-zonder-nummer"])
def test_a_complaint_stops_for_good(engine, sample):
    """Whoever calls the letter spam gets nothing more; the letter or the secret in it tells who that is."""
    _, mark = sent(engine)
    token = subscribers.by_email(engine, READER).token
    raw = came_back(sample, mark).replace(b"geheim-geheim-geheim-1", token.encode())
    assert "noemt de brief ongewenst" in take_in(engine, raw, NOW).told
    assert state_of(engine) == (SubscriberState.LEFT, Suppression.COMPLAINT)


def test_a_mail_may_ask_to_leave(engine):
    """The subject that our own link puts in is enough; a wrong secret is left to a person."""
    sent(engine)
    token = subscribers.by_email(engine, READER).token
    raw = came_back("afmelden", MARK)
    assert not take_in(engine, raw, NOW).handled
    assert take_in(engine, raw.replace(b"geheim-geheim-geheim-1", token.encode()), NOW).handled
    assert state_of(engine)[0] is SubscriberState.LEFT


@pytest.mark.parametrize("sample", ["afwezig-outlook", "postfix-vertraagd", "geen-klacht", "vraag", "zonder-brief"])
def test_what_is_no_bounce_of_ours_changes_nothing(engine, sample):
    """A holiday message, a delay, a question and a bounce of somebody else's mail keep no reader from the letter."""
    _, mark = sent(engine)
    taken = take_in(engine, came_back(sample, mark), NOW)
    assert taken.handled is (taken.kind is ReturnedKind.NOTHING)
    assert state_of(engine) == (SubscriberState.ACTIVE, None)
    assert latest(engine) == ()


def test_who_signed_up_anew_is_not_stopped_by_an_old_letter(engine):
    """A report of a letter from before the new consent is kept, and no more."""
    _, mark = sent(engine)
    subscribers.leave(engine, subscribers.by_email(engine, READER).token, NOW)
    later = NOW + timedelta(days=9)
    subscribers.add(engine, [a_reader("lezer01", when=date(2026, 12, 3))], later)
    assert "opnieuw aangemeld" in take_in(engine, came_back("postfix-onbekend", mark), later).told
    assert state_of(engine) == (SubscriberState.ACTIVE, None)


def test_what_the_mail_server_refuses_at_once_counts_as_come_back(engine):
    """A relay may know at once that a mailbox does not exist; that is as hard as a report afterwards."""
    with post_office() as post:
        post.answers[("rcpt", "lezer01")] = ["550 5.1.1 user unknown"]
    sent(engine, post=post)
    (told,) = take_refusals(engine, NOW)
    assert "kan niet aankomen (5.1.1)" in told
    assert state_of(engine) == (SubscriberState.LEFT, Suppression.BOUNCED)
    assert take_refusals(engine, NOW) == ()


def mailbox_of(box, folder="INBOX", security="none"):
    return Mailbox("localhost", box.port, security, "retour@voorbeeld.example", folder)


def test_a_mailbox_is_emptied_over_imap(engine):
    """What was handled is marked as read; what a person has to read is flagged, stays unread and is not asked again."""
    _, mark = sent(engine)
    with imap_server(Box()) as box:
        for sample in ("postfix-onbekend", "vraag", "afwezig-rfc"):
            box.put(came_back(sample, mark))
        told = empty(mailbox_of(box), PASSWORD, lambda raw: take_in(engine, raw, NOW).handled)
        assert told == Emptied(handled=2, left=1)
        assert box.flags == {1: {r"\Seen"}, 2: {r"\Flagged"}, 3: {r"\Seen"}}
        assert empty(mailbox_of(box), PASSWORD, lambda raw: pytest.fail("read twice")) == Emptied(0, 0)
    assert state_of(engine)[1] is Suppression.BOUNCED


def test_a_mailbox_that_breaks_off_is_told_and_goes_on_later(engine):
    """What was handled before the break stays handled; the rest is taken by the next run."""
    _, mark = sent(engine)
    taken = []
    with imap_server(Box(break_at=2)) as box:
        for number, sample in enumerate(("afwezig-rfc", "postfix-onbekend")):
            box.put(came_back(sample, mark, number))
        with pytest.raises(MailboxTrouble, match="brak af"):
            empty(mailbox_of(box), PASSWORD, lambda raw: bool(taken.append(raw)) or True)
        assert empty(mailbox_of(box), PASSWORD, lambda raw: bool(taken.append(raw)) or True) == Emptied(1, 0)
    assert len(taken) == 2


def test_a_closed_mailbox_is_told_in_words_that_help():
    """A wrong password, a folder that is not there and a server that is gone each say where to look."""
    with imap_server(Box()) as box:
        with pytest.raises(MailboxTrouble, match=r"laat ons niet binnen.*RADAR_IMAP_PASSWORD"):
            empty(mailbox_of(box), "fout", bool)
        with pytest.raises(MailboxTrouble, match="no such folder"):
            empty(mailbox_of(box, "Elders"), PASSWORD, bool)
        with pytest.raises(MailboxTrouble, match="niet te bereiken"):
            empty(mailbox_of(box, security="tls"), PASSWORD, bool)
    with pytest.raises(MailboxTrouble, match=r"niet te bereiken.*return_box"):
        empty(mailbox_of(box), PASSWORD, bool)


def test_a_mailbox_is_read_over_tls(tmp_path):
    """With a certificate that we trust, mail comes in; one of another server is refused."""
    authority = an_authority(tmp_path)
    for name, trusted in (("localhost", True), ("ander.example", False)):
        with imap_server(Box(), authority.server(name)) as box:
            box.put(b"Subject: x\r\n\r\nx\r\n")
            if trusted:
                told = empty(mailbox_of(box, security="tls"), PASSWORD, lambda raw: True, authority.trust)
                assert told == Emptied(handled=1, left=0)
            else:
                with pytest.raises(MailboxTrouble, match="niet te bereiken"):
                    empty(mailbox_of(box, security="tls"), PASSWORD, bool, authority.trust)
                assert box.flags == {1: set()}
