import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from fakes_digest import NOW, Post, a_reader, an_edition, frozen, leave_in_doubt, post_office

from digest import claims, doubts, holder, store, subscribers
from digest.ledger import LeaseLost, Ledger
from digest.outbox import LEASE, REFUSALS_IN_A_ROW, Plan, send
from digest.pace import Limits
from digest.records import DeliveryState, EditionRefused, EditionState
from digest.sample import LETTERHEAD
from digest.settlement import KEEP_TRYING, LONGEST_WAIT, wait
from digest.smtp import Relay, Security, connect


def send_now(engine, edition_id, post, at=NOW):
    return send(engine, edition_id, LETTERHEAD, post.connect(), lambda: at)


def test_everybody_gets_one_letter(engine):
    """A quiet run sends each reader one mail over one connection, and the edition is sent."""
    edition_id = frozen(engine, readers=5)
    steps = []
    with post_office() as post:
        report = send(engine, edition_id, LETTERHEAD, post.connect(), lambda: NOW, lambda *step: steps.append(step))
    assert sorted(post.recipients()) == ["lezer01", "lezer02", "lezer03", "lezer04", "lezer05"]
    assert (report.now[DeliveryState.SENT], report.finished, report.trouble) == (5, True, "")
    assert post.connections == 1
    assert steps == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    assert store.find_edition(engine, edition_id).sent_at == NOW


def test_a_sent_edition_is_not_sent_again(engine):
    """Asking twice mails once."""
    edition_id = frozen(engine, readers=2)
    with post_office() as post:
        send_now(engine, edition_id, post)
        report = send_now(engine, edition_id, post)
    assert len(post.taken) == 2
    assert report.finished
    assert report.now.total == 0


def test_a_draft_is_not_sent(engine):
    """What may still change does not go out."""
    edition_id = store.save_draft(engine, an_edition(), NOW)
    with post_office() as post, pytest.raises(EditionRefused, match="draft"):
        send_now(engine, edition_id, post)


def test_a_5xx_is_never_tried_again(engine):
    """A reader whose address is refused is asked once, whatever happens later; the others get their letter."""
    edition_id = frozen(engine, readers=3)
    with post_office(Post({("rcpt", "lezer02"): ["550 onbekend"]})) as post:
        report = send_now(engine, edition_id, post)
        send_now(engine, edition_id, post, NOW + timedelta(days=1))
    assert post.tries["lezer02"] == 1
    assert post.recipients() == ["lezer01", "lezer03"]
    assert report.finished
    assert [d.response for d in store.deliveries(engine, edition_id) if d.state is DeliveryState.REFUSED] == [
        "550 onbekend"
    ]


@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_a_4xx_waits_and_is_tried_again(engine, step):
    """A reader who is put off is left alone until the wait is over, and gets the letter then."""
    edition_id = frozen(engine, readers=2)
    with post_office(Post({(step, "lezer01"): ["451 later graag"]})) as post:
        first = send_now(engine, edition_id, post)
        too_early = send_now(engine, edition_id, post, NOW + timedelta(minutes=1))
        second = send_now(engine, edition_id, post, first.next_try_at)
    assert first.now[DeliveryState.DEFERRED] == 1
    assert not first.finished
    assert too_early.now.total == 0
    assert second.finished
    assert post.recipients() == ["lezer02", "lezer01"]


def test_a_connection_that_breaks_before_the_content_defers(engine):
    """When the line drops at the address, nothing was sent: the letter waits, the next reader gets a new connection."""
    edition_id = frozen(engine, readers=2)
    with post_office(Post({("rcpt", "lezer01"): ["drop"]})) as post:
        report = send_now(engine, edition_id, post)
        later = send_now(engine, edition_id, post, report.next_try_at)
    assert report.now[DeliveryState.DEFERRED] == 1
    assert post.recipients() == ["lezer02", "lezer01"]
    assert later.finished


def test_a_connection_that_breaks_after_the_content_is_in_doubt(engine):
    """When no answer came to the content, the letter goes again with the same Message-ID and the same bytes."""
    edition_id = frozen(engine, readers=1)
    with post_office(Post({("data", "lezer01"): ["drop"]})) as post:
        report = send_now(engine, edition_id, post)
        send_now(engine, edition_id, post, report.next_try_at)
    assert report.summary[DeliveryState.IN_DOUBT] == 1
    first, second = post.taken
    assert first == second


def test_a_server_that_keeps_hanging_up_ends_the_run(engine):
    """After three broken connections in a row the run stops and says so; nobody is lost."""
    edition_id = frozen(engine, readers=5)
    with post_office(Post({("mail", ""): ["drop"] * 3})) as post:
        report = send_now(engine, edition_id, post)
        assert "brak 3 keer" in report.trouble
        assert report.now[DeliveryState.DEFERRED] == 3
        later = send_now(engine, edition_id, post, NOW + timedelta(hours=1))
    assert later.finished
    assert sorted(post.recipients()) == ["lezer01", "lezer02", "lezer03", "lezer04", "lezer05"]


def test_refusal_after_refusal_stops_the_edition(engine):
    """A server that refuses everybody means the fault is ours: the edition is put on hold, the rest is kept."""
    readers = REFUSALS_IN_A_ROW + 3
    answers = {("data", f"lezer{number:02}"): ["554 spam"] for number in range(1, readers + 1)}
    edition_id = frozen(engine, readers)
    with post_office(Post(answers)) as post:
        report = send_now(engine, edition_id, post)
        assert "stilgezet" in report.trouble
        assert store.find_edition(engine, edition_id).state is EditionState.STOPPED
        with pytest.raises(EditionRefused, match="stopped"):
            send_now(engine, edition_id, post)
        assert store.resume(engine, edition_id, NOW)
        post.answers.clear()
        assert send_now(engine, edition_id, post).finished
    assert len(post.taken) == 3


def test_no_relay_means_nobody_is_touched(engine):
    """When the relay cannot be reached, the run says so and every letter is still queued."""
    edition_id = frozen(engine, readers=2)
    with post_office() as post:
        pass
    report = send_now(engine, edition_id, post)
    assert "niet bereikbaar" in report.trouble
    assert report.summary[DeliveryState.QUEUED] == 2


def test_who_left_after_freezing_gets_nothing(engine):
    """Leaving counts until the very moment of sending."""
    edition_id = frozen(engine, readers=3)
    leaver = subscribers.by_email(engine, "lezer03@lezers.example")

    def leave(step, number):
        if step == "data" and number == 1:
            subscribers.leave(engine, leaver.token, NOW)

    with post_office(Post(before=leave)) as post:
        report = send_now(engine, edition_id, post)
    assert post.recipients() == ["lezer01", "lezer02"]
    assert report.now[DeliveryState.CANCELLED] == 1
    assert report.finished


def test_stopping_halfway_keeps_the_rest(engine):
    """Someone who stops the edition during the run is obeyed before the next letter; resuming sends the rest."""
    edition_id = frozen(engine, readers=4)

    def stop(step, number):
        if step == "data" and number == 2:
            store.stop(engine, edition_id)

    with post_office(Post(before=stop)) as post:
        report = send_now(engine, edition_id, post)
        assert report.trouble == "De editie is stilgezet."
        assert post.recipients() == ["lezer01", "lezer02"]
        store.resume(engine, edition_id, NOW)
        assert send_now(engine, edition_id, post).finished
    assert len(post.taken) == 4


def test_one_sender_at_a_time(engine):
    """While a living sender holds the lease a second one leaves the work alone, until the lease has run out."""
    edition_id = frozen(engine, readers=1)
    assert claims.take_lease(engine, holder.own_name(), NOW, NOW + LEASE)
    with post_office() as post:
        report = send_now(engine, edition_id, post)
        assert "andere verzender" in report.trouble
        assert post.taken == []
        assert send_now(engine, edition_id, post, NOW + LEASE).finished


def test_a_sender_that_lost_its_lease_claims_nothing(engine):
    """A sender that was asleep for longer than its lease finds out before it sends."""
    frozen(engine, readers=1)
    later = NOW + LEASE
    assert claims.take_lease(engine, "slaper", NOW, later)
    assert claims.take_lease(engine, "ander", later, later + LEASE)
    with pytest.raises(LeaseLost):
        Ledger(engine, "slaper").turn((), (1,), {}, later, later + LEASE)


def test_trying_ends_after_days(engine):
    """A letter that is put off for longer than five days is given up, so that the edition comes to an end."""
    edition_id = frozen(engine, readers=1)
    with post_office(Post({("rcpt", "lezer01"): ["450 vol"] * 9})) as post:
        for day in range(6):
            report = send_now(engine, edition_id, post, NOW + timedelta(hours=24 * day))
            assert not report.finished
        report = send_now(engine, edition_id, post, NOW + KEEP_TRYING + timedelta(hours=7))
    assert report.summary[DeliveryState.REFUSED] == 1
    assert report.finished


def test_waits_grow_and_differ():
    """The wait doubles from five minutes up to its limit, and two letters do not wait equally long."""
    waits = [wait(attempts, "<a@b>") for attempts in range(1, 12)]
    assert timedelta(minutes=5) <= waits[0] <= timedelta(minutes=7.5)
    assert all(later > earlier for earlier, later in pairwise(waits[:6]))
    assert max(waits) <= LONGEST_WAIT * 1.5
    assert wait(1, "<a@b>") != wait(1, "<c@b>")


def test_a_server_that_keeps_its_answer_gets_a_letter_twice_at_most(engine):
    """A letter goes again once when no answer came; then it waits for a person, who may let it go once more."""
    edition_id = frozen(engine, readers=2)
    with post_office(Post({("data", "lezer01"): ["drop"] * 2})) as post:
        first = send_now(engine, edition_id, post)
        second = send_now(engine, edition_id, post, first.next_try_at)
        assert (second.finished, second.summary[DeliveryState.IN_DOUBT]) == (True, 1)
        (doubt,) = doubts.doubts_of(engine, edition_id)
        assert (doubt.email, doubt.again_at) == ("lezer01@lezers.example", None)
        assert post.recipients().count("lezer01") == 2
        with engine.begin() as connection:
            doubts.once_more(connection, edition_id, [doubt.delivery_id], NOW + timedelta(hours=1))
        last = send_now(engine, edition_id, post, NOW + timedelta(hours=1))
    assert (last.finished, last.summary[DeliveryState.SENT]) == (True, 2)
    assert len(set(post.taken)) == 2, "a letter sent again differs from the first"


def test_a_sender_that_falls_at_each_start_does_not_mail_the_same_reader_each_time(engine):
    """A letter goes again after two crashes; after the third it waits for a person, and the edition goes on."""
    edition_id = frozen(engine, readers=2)
    store.move(engine, edition_id, EditionState.SENDING, EditionState.FROZEN)
    first = store.deliveries(engine, edition_id)[0].id
    assert claims.take_lease(engine, "valt steeds", NOW, NOW)
    taken = []
    for _ in range(4):
        taken.append(len(Ledger(engine, "valt steeds").turn((), (first,), {}, NOW, NOW)))
        claims.doubt_interrupted(engine, edition_id, NOW)
    assert taken == [1, 1, 1, 0]
    assert [doubt.again_at for doubt in doubts.doubts_of(engine, edition_id)] == [None]
    with post_office() as post:
        assert send_now(engine, edition_id, post).finished
    assert post.recipients() == ["lezer02"]


def test_a_letter_that_a_person_keeps_back_is_not_taken_any_more(engine):
    """What a person undoes between the look ahead and the taking is obeyed."""
    edition_id = frozen(engine, readers=1)
    leave_in_doubt(engine, edition_id, [1])
    with engine.begin() as connection:
        doubts.once_more(connection, edition_id, [1], NOW)
    assert claims.due(engine, edition_id, DeliveryState.IN_DOUBT, NOW, 0, 9) == [(1, "lezer01@lezers.example")]
    with engine.begin() as connection:
        doubts.no_more(connection, edition_id, [1])
    assert Ledger(engine, "gevallen").turn((), (1,), {}, NOW, NOW) == ()


def test_doubt_may_wait_for_a_person_at_once(engine):
    """With the setting to park them, letters in doubt do not go again by themselves, after a crash neither."""
    edition_id = frozen(engine, readers=2)
    parking = Plan(park_doubt=True)
    store.move(engine, edition_id, EditionState.SENDING, EditionState.FROZEN)
    (crashed, _) = store.deliveries(engine, edition_id)
    assert claims.take_lease(engine, "gevallen", NOW, NOW)
    assert Ledger(engine, "gevallen").turn((), (crashed.id,), {}, NOW, NOW)
    with post_office(Post({("data", "lezer02"): ["drop"]})) as post:
        report = send(engine, edition_id, LETTERHEAD, post.connect(), lambda: NOW, plan=parking)
    assert (report.finished, report.summary[DeliveryState.IN_DOUBT]) == (True, 2)
    assert post.recipients() == ["lezer02"]


@pytest.mark.parametrize("tried", [False, True])
def test_an_edition_nobody_touched_for_a_day_is_held(engine, tried):
    """What a restored database or a long standstill left does not go by itself; a person may let it go on."""
    edition_id = frozen(engine, readers=2)
    answers = {("rcpt", "lezer01"): ["450 later"], ("rcpt", "lezer02"): ["450 later"]} if tried else {}
    with post_office(Post(answers)) as post:
        if tried:
            send_now(engine, edition_id, post)
        late = NOW + timedelta(hours=25)
        report = send_now(engine, edition_id, post, late)
        assert "meer dan een dag" in report.trouble
        assert post.taken == []
        assert store.find_edition(engine, edition_id).state is EditionState.STOPPED
        assert store.resume(engine, edition_id, late)
        assert send_now(engine, edition_id, post, late).finished
    assert len(post.taken) == 2


def test_several_connections_share_the_work(engine):
    """With four connections everybody still gets one letter, and no more connections are made than that."""
    edition_id = frozen(engine, readers=40)
    with post_office() as post:
        report = send(engine, edition_id, LETTERHEAD, post.connect(), lambda: NOW, plan=Plan(connections=4))
    assert report.finished
    assert len(set(post.recipients())) == len(post.taken) == 40
    assert post.connections == 4


def test_a_server_that_calls_it_off_is_left_alone(engine):
    """After a 421 nothing goes for two minutes, also after a restart; then it goes on where it was."""
    edition_id = frozen(engine, readers=3)
    with post_office(Post({("rcpt", "lezer02"): ["421 te druk"]})) as post:
        report = send_now(engine, edition_id, post)
        assert post.recipients() == ["lezer01"]
        assert report.next_try_at == NOW + timedelta(minutes=2)
        assert send_now(engine, edition_id, post, NOW + timedelta(minutes=1)).now.total == 0
        send_now(engine, edition_id, post, report.next_try_at)
        assert post.recipients() == ["lezer01", "lezer03"]
        assert send_now(engine, edition_id, post, NOW + timedelta(minutes=10)).finished


def test_a_pace_is_kept_over_runs(engine):
    """Ten a minute means ten in the first minute whatever number of runs, and the next when its share has passed."""
    edition_id = frozen(engine, readers=13)
    slow = Plan(limits=Limits(per_minute=10))
    with post_office() as post:
        report = send(engine, edition_id, LETTERHEAD, post.connect(), lambda: NOW, plan=slow)
        assert len(post.taken) == 10
        assert send(engine, edition_id, LETTERHEAD, post.connect(), lambda: NOW, plan=slow).now.total == 0
        assert report.next_try_at == NOW + timedelta(seconds=6)
        send(engine, edition_id, LETTERHEAD, post.connect(), lambda: report.next_try_at, plan=slow)
        assert len(post.taken) == 11


def test_a_busy_domain_does_not_hold_up_another(engine):
    """A limit per domain lets two letters a minute go to one domain, and all to the readers elsewhere."""
    elsewhere = a_reader("zus").model_copy(update={"email": "zus@elders.example"})
    subscribers.add(engine, [elsewhere], NOW)
    edition_id = frozen(engine, readers=5)
    plan = Plan(limits=Limits(per_domain=2))
    with post_office() as post:
        send(engine, edition_id, LETTERHEAD, post.connect(), lambda: NOW, plan=plan)
    assert sorted(post.recipients()) == ["lezer01", "lezer02", "zus"]


def test_content_refused_here_and_there_stops_the_edition(engine):
    """When a third of the servers behind the relay refuses the letter itself, it stops though others take it."""
    refusing = {("data", f"lezer{number:02}"): ["550 5.7.26 geen DKIM"] for number in range(1, 61, 3)}
    edition_id = frozen(engine, readers=60)
    with post_office(Post(refusing)) as post:
        report = send_now(engine, edition_id, post)
    assert "stilgezet" in report.trouble
    assert report.summary[DeliveryState.REFUSED] == REFUSALS_IN_A_ROW
    assert report.summary[DeliveryState.QUEUED] > 20


def test_a_stop_of_the_service_settles_what_is_under_way(engine):
    """When progress is answered with a stop, what is on its way is finished and kept, and no more is begun."""
    edition_id = frozen(engine, readers=30)

    class Stopping(Exception):
        pass

    def stop(done, total):
        if done >= 5:
            raise Stopping

    with post_office() as post:
        with pytest.raises(Stopping):
            send(engine, edition_id, LETTERHEAD, post.connect(), lambda: NOW, stop, Plan(connections=3))
        summary = store.deliveries_summary(engine, edition_id)
        assert summary[DeliveryState.SENT] == len(post.taken) < 12
        assert summary[DeliveryState.SENDING] == 0
        assert send_now(engine, edition_id, post).finished
    assert len(post.taken) == 30


def run_and_kill(engine, edition_id, post, step, number):
    """Start a sender process and kill it with -9 when it is about to get the answer to the given step."""
    process = subprocess.Popen(
        [
            sys.executable,
            Path(__file__).with_name("fakes_digest_sender.py"),
            engine.url.render_as_string(hide_password=False),
            str(edition_id),
            str(post.relay.port),
            NOW.isoformat(),
        ]
    )

    def kill(at, count):
        if (at, count) == (step, number):
            os.kill(process.pid, signal.SIGKILL)

    post.before = kill
    assert process.wait(timeout=60) == -signal.SIGKILL
    post.before = lambda step, number: None


def test_a_killed_sender_loses_nobody(engine):
    """Senders killed with -9 at every step: everybody gets the letter, a second one only with the same Message-ID."""
    edition_id = frozen(engine, readers=12)
    kills = [("mail", 2), ("rcpt", 4), ("data", 4), ("data", 5), ("mail", 11), ("data", 9)]
    with post_office() as post:
        for step, number in kills:
            run_and_kill(engine, edition_id, post, step, number)
        report = send_now(engine, edition_id, post)
    assert report.finished
    letters = Counter(mail.recipient for mail in post.taken)
    assert len(letters) == 12
    assert sum(letters.values()) - 12 <= len(kills)
    assert sum(letters.values()) > 12, "no kill fell between the content and its answer"
    assert len({mail.message_id for mail in post.taken}) == 12
    assert len(set(post.taken)) == 12, "a letter sent again differs from the first"


def test_waiting_for_a_dead_relay_leaves_the_lease_free(engine):
    """After a run that failed the next sender may begin at once."""
    edition_id = frozen(engine, readers=1)
    nowhere = Relay(host="127.0.0.1", port=1, security=Security.NONE)
    send(engine, edition_id, LETTERHEAD, lambda: connect(nowhere), lambda: NOW)
    assert claims.take_lease(engine, "ander", NOW, NOW + LEASE)
