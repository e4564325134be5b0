"""Signing up on the page, confirming it from the mailbox, and the limits that keep it from being a weapon."""

from __future__ import annotations

import email
import re
from datetime import date, timedelta
from email.policy import default

import pytest
from fakes_digest import NOW, Post, a_reader, post_office
from fakes_pages import a_full_site, browser

from digest import confirmations, replies, subscribers, suppressions
from digest.bounce_tables import Suppression
from digest.consent_text import CURRENT, TEXTS
from digest.edition import Audience
from digest.pages.doorman import MOST_REMEMBERED, Doorman
from digest.records import SubscriberState
from digest.sample import LETTERHEAD
from digest.wishes import Region, Rhythm, Wishes

EMAIL = "gerda@lezers.example"
FORM = {"email": EMAIL, "doelgroep": "huurdersorganisatie", "ritme": "week", "regio": "alles"}


def mailed(engine, now=NOW, post: Post | None = None) -> list[str]:
    """Send the links that are due; gives the links, in the order of the mails."""
    with post_office(post) as office:
        replies.send_due(engine, LETTERHEAD, office.connect(), lambda: now)
    texts = [email.message_from_bytes(mail.content, policy=default).get_body(("plain",)) for mail in office.taken]
    return [re.search(r"https://\S+", str(text.get_content()))[0] for text in texts]


def path_of(link: str) -> str:
    return link.removeprefix(LETTERHEAD.public_url)


def the_reader(engine):
    return subscribers.by_email(engine, EMAIL)


def test_nobody_is_signed_up_before_they_confirm_it_from_their_mailbox(engine):
    """The form, the mail and a look at the link sign nobody up; the button on that page does, with proof of consent."""
    pages = browser(engine)
    choices = FORM | {"naam": "Gerda", "thema": ["panels", "onzin"], "regio": "landelijk", "ritme": "maand"}
    assert "Kijk in uw mailbox" in pages.post("/aanmelden", data=choices).text
    (link,) = mailed(engine)
    assert "Nog één stap" in pages.get(path_of(link)).text
    assert the_reader(engine) is None
    assert "Welkom" in pages.post(path_of(link)).text
    reader = the_reader(engine)
    assert (reader.state, reader.name, reader.audience) == (
        SubscriberState.ACTIVE,
        "Gerda",
        Audience.HUURDERSORGANISATIE,
    )
    assert reader.wishes == Wishes(themes=("panels",), region=Region.ELSEWHERE)
    assert reader.rhythm is Rhythm.MONTH
    proof = reader.consent
    assert (proof.when, proof.text_version, proof.by) == (date(2026, 11, 25), CURRENT, "/aanmelden")
    assert (proof.asked_at, proof.confirmed_at) == (NOW, NOW)
    assert TEXTS[CURRENT] in pages.get("/aanmelden").text


def test_confirming_twice_changes_nothing(engine):
    """A double press is told the same, and a link is good for a week."""
    pages = browser(engine)
    pages.post("/aanmelden", data=FORM)
    (link,) = mailed(engine)
    late = browser(engine, lambda: NOW + timedelta(days=7, minutes=1))
    assert "werkt niet" in late.post(path_of(link)).text
    assert the_reader(engine) is None
    assert pages.post(path_of(link)).status_code == 200
    first = the_reader(engine)
    assert browser(engine, lambda: NOW + timedelta(hours=1)).post(path_of(link)).status_code == 200
    assert the_reader(engine) == first


def test_a_used_link_does_not_sign_up_again_who_left(engine):
    """After leaving, the old link is no new consent."""
    pages = browser(engine)
    pages.post("/aanmelden", data=FORM)
    (link,) = mailed(engine)
    pages.post(path_of(link))
    subscribers.leave(engine, the_reader(engine).token, NOW)
    assert browser(engine, lambda: NOW + timedelta(hours=1)).post(path_of(link)).status_code == 404
    assert the_reader(engine).state is SubscriberState.LEFT


def test_the_answer_tells_nobody_who_is_on_the_list(engine):
    """Known, unknown, left and suppressed addresses get the same page; what follows is in the mailbox only."""
    subscribers.add(engine, [a_reader("leest"), a_reader("klaagde"), a_reader("ging")], NOW)
    subscribers.leave(engine, subscribers.by_email(engine, "ging@lezers.example").token, NOW)
    with engine.begin() as connection:
        suppressions.suppress(connection, "klaagde@lezers.example", Suppression.COMPLAINT, NOW)
    for path, form in (("/aanmelden", FORM), ("/voorkeuren", {})):
        answers = {
            browser(engine).post(path, data=form | {"email": f"{name}@lezers.example"}).text
            for name in ("leest", "klaagde", "ging", "onbekend")
        }
        assert len(answers) == 1
    later = NOW + timedelta(minutes=1)
    assert [path_of(link).split("/")[1] for link in mailed(engine, later)] == [
        "voorkeuren",
        "aanmelden",
        "aanmelden",
    ]


def test_who_complained_is_not_mailed_by_anybody_else_signing_them_up(engine):
    """A complaint outweighs a form and an import; leaving outweighs an import only until later consent."""
    with engine.begin() as connection:
        suppressions.suppress(connection, EMAIL, Suppression.COMPLAINT, NOW)
        suppressions.suppress(connection, "wis@lezers.example", Suppression.ERASED, NOW)
    browser(engine).post("/aanmelden", data=FORM)
    assert mailed(engine) == []
    for newcomer in (a_reader("gerda", when=date(2026, 12, 1)), a_reader("wis", when=date(2026, 11, 25))):
        with pytest.raises(subscribers.SubscriberRefused):
            subscribers.add(engine, [newcomer], NOW)
    subscribers.add(engine, [a_reader("wis", when=date(2026, 11, 26))], NOW + timedelta(days=1))
    assert subscribers.by_email(engine, "wis@lezers.example").state is SubscriberState.ACTIVE


def test_who_left_may_come_back_the_same_day(engine):
    """Confirmed by themselves, no waiting until consent is of a later day."""
    subscribers.add(engine, [a_reader("gerda")], NOW)
    subscribers.leave(engine, the_reader(engine).token, NOW)
    browser(engine).post("/aanmelden", data=FORM)
    (link,) = mailed(engine)
    browser(engine).post(path_of(link))
    assert the_reader(engine).state is SubscriberState.ACTIVE


def test_a_mailbox_cannot_be_bombed(engine):
    """However often a stranger's address is filled in, it gets one mail in ten minutes and three a day at most."""
    for minutes in (*range(0, 60, 5), *range(60, 1400, 30)):
        now = NOW + timedelta(minutes=minutes)
        browser(engine, lambda now=now: now).post("/aanmelden", data=FORM)
    assert len(mailed(engine, NOW + timedelta(minutes=1400))) == 3


def test_one_network_is_held_up_and_told_so(engine):
    """The twenty-first form within an hour from one network is refused in plain words, and nothing is noted of it."""
    pages = browser(engine)
    answers = [pages.post("/aanmelden", data=FORM | {"email": f"a{n}@lezers.example"}) for n in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert "erg druk" in answers[-1].text
    assert len(confirmations.due(engine, NOW)) == 20


def test_all_together_are_held_up_too(engine):
    """Many networks at once cannot make this service a source of spam."""
    for number in range(10):
        pages = browser(engine)
        for n in range(20):
            pages.post("/aanmelden", data=FORM | {"email": f"a{number}-{n}@lezers.example"})
    answer = browser(engine).post("/aanmelden", data=FORM)
    assert answer.status_code == 429
    assert len(confirmations.due(engine, NOW, limit=1000)) == 200


def test_a_robot_that_fills_in_everything_is_thanked_and_ignored(engine):
    """The field that people do not see gives robots away."""
    assert "Kijk in uw mailbox" in browser(engine).post("/aanmelden", data=FORM | {"website": "x"}).text
    assert confirmations.due(engine, NOW) == ()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"email": "geen adres"}, "Dit is geen e-mailadres"),
        ({"email": "a@b.example\r\nBcc: c@d.example"}, "Dit is geen e-mailadres"),
        ({"email": "x" * 5000 + "@a.example"}, "Dit is geen e-mailadres"),
        ({"doelgroep": "iedereen"}, "Kies wie u bent"),
        ({"ritme": "elk uur"}, "Kies hoe vaak"),
        ({"regio": "\x00"}, None),
    ],
)
def test_a_mistake_is_told_at_the_field_and_nothing_typed_is_lost(engine, wrong, words):
    """The page comes back with the fault named and the other answers kept; markup in an answer stays text."""
    answer = browser(engine).post("/aanmelden", data=FORM | {"naam": '"><script>x</script>'} | wrong)
    if words is None:
        assert answer.status_code == 200
        return
    assert answer.status_code == 422
    assert words in answer.text
    assert "&#34;&gt;&lt;script&gt;x&lt;/script&gt;" in answer.text
    assert "<script>" not in answer.text


def test_what_is_no_form_is_refused_calmly(engine):
    """Too many fields, a file, or no form at all give a page, not a fault."""
    many = {f"veld{number}": "x" for number in range(500)}
    assert browser(engine).post("/aanmelden", data=many).status_code == 422
    assert browser(engine).post("/aanmelden", content=b"\xff\xfe", headers={"Content-Type": "x"}).status_code == 422
    assert browser(engine).post("/tip", files={"adres": b"x"}, data={}).status_code == 422


def test_how_much_to_expect_is_told_before_signing_up(engine):
    """First in general words, then what the last letters held."""
    assert "vijf tot tien berichten" in browser(engine).get("/aanmelden").text
    a_full_site(engine)
    assert "gemiddeld 8 berichten" in browser(engine).get("/aanmelden").text


def test_a_mail_that_cannot_go_now_goes_later_and_a_refused_one_never(engine):
    """4xx waits and tries again, 5xx is given up; each mail keeps its Message-ID."""
    for name in ("later", "nooit"):
        browser(engine).post("/aanmelden", data=FORM | {"email": f"{name}@lezers.example"})
    post = Post(answers={("rcpt", "later"): ["450 straks"], ("rcpt", "nooit"): ["550 nee"]})
    assert mailed(engine, NOW, post) == []
    assert mailed(engine, NOW + timedelta(seconds=30)) == []
    assert len(mailed(engine, NOW + timedelta(minutes=2))) == 1
    assert mailed(engine, NOW + timedelta(days=1)) == []


def test_the_mail_says_who_sends_it_and_that_it_is_an_answer(engine):
    """It names its sender with a postal address, is marked as automatic, and promises to forget who did not ask."""
    browser(engine).post("/aanmelden", data=FORM)
    with post_office() as office:
        replies.send_due(engine, LETTERHEAD, office.connect(), lambda: NOW)
    mail = email.message_from_bytes(office.taken[0].content, policy=default)
    text = str(mail.get_body(("plain",)).get_content())
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-replied", "nl")
    assert mail["To"] == EMAIL
    assert LETTERHEAD.postal in text
    assert "Dit kan tot en met 2 december 2026." in text
    assert mail.get_body(("html",)).get_content().count("href=") == 1


def test_texts_that_people_agreed_to_never_change():
    """A version of the consent text is proof: other words need a new version."""
    assert TEXTS["2026-11"] == (
        "Ja, stuur mij de Participatieradar op dit e-mailadres. Mijn gegevens worden alleen daarvoor gebruikt. "
        "Ik kan mij altijd weer afmelden, met één klik."
    )


def test_a_doorman_forgets_in_time_and_never_grows_without_end():
    """After the time is over one may come in again, and a flood of names takes bounded memory."""
    doorman = Doorman(1, timedelta(hours=1))
    assert [doorman.lets_in("a", NOW), doorman.lets_in("a", NOW)] == [True, False]
    assert doorman.lets_in("a", NOW + timedelta(hours=1))
    for number in range(MOST_REMEMBERED + 10):
        doorman.lets_in(f"n{number}", NOW)
    assert len(doorman.seen) == MOST_REMEMBERED
