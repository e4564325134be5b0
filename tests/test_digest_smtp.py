import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from fakes_certificates import an_authority
from fakes_digest import Post, post_office

from digest.folder import LOOPBACK, LoopbackController
from digest.smtp import Outcome, Relay, RelayTrouble, Security, alive, connect, hand_over

MAIL = b"Message-ID: <a@b>\r\nSubject: x\r\n\r\n.punt vooraan\r\n..twee\r\n.\r\nslot\r\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return an_authority(tmp_path_factory.mktemp("tls"))


def offer(post, recipient="anna@lezers.example"):
    connection = post.connect()()
    answer = hand_over(connection, "radar@voorbeeld.example", recipient, MAIL)
    return answer, connection


@pytest.mark.parametrize("extensions", [(), ("PIPELINING",)], ids=["in turn", "in a row"])
@pytest.mark.parametrize(
    ("step", "says", "outcome"),
    [
        ("rcpt", "250 goed", Outcome.TAKEN),
        ("mail", "550 nee", Outcome.REFUSED),
        ("rcpt", "550 onbekend", Outcome.REFUSED),
        ("data", "554 spam", Outcome.REFUSED),
        ("mail", "451 later", Outcome.LATER),
        ("rcpt", "450 grijze lijst", Outcome.LATER),
        ("data", "452 vol", Outcome.LATER),
        ("mail", "drop", Outcome.LOST),
        ("rcpt", "drop", Outcome.LOST),
        ("data", "drop", Outcome.UNKNOWN),
    ],
)
def test_each_answer_has_its_outcome(step, says, outcome, extensions):
    """What the server says, and where it hangs up, decides what became of the mail; commands in turn or in a row."""
    reader = "" if step == "mail" else "anna"
    with post_office(Post({(step, reader): [says]}, extensions=extensions)) as post:
        answer, connection = offer(post)
        assert (answer.outcome, answer.response) == (outcome, says) or says == "drop"
        assert alive(connection) is (says != "drop")
        if says != "drop":
            again = hand_over(connection, "radar@voorbeeld.example", "piet@lezers.example", MAIL)
            assert again.outcome is Outcome.TAKEN, "the answers are out of step with the commands"
        connection.close()


@pytest.mark.parametrize(
    ("answers", "outcome", "heard_after", "lives"),
    [
        (["250 a", "550 b", "354 c"], Outcome.REFUSED, b".\r\n", True),
        (["250 a", "550 b", "503 c"], Outcome.REFUSED, b"", True),
        (["421 a"], Outcome.LATER, b"", False),
        (["250 a", "wat?", "354 c"], Outcome.LOST, b"", False),
        (["250 a", "550 b", ""], Outcome.REFUSED, b"", False),
    ],
    ids=["nobody, but tell", "nobody", "called off", "garbled", "cut short"],
)
def test_commands_in_a_row_stay_in_step_with_their_answers(answers, outcome, heard_after, lives):
    """A server that answers nothing before it has all three is served (RFC 2920), and no answer is taken for another's.

    Where a refused letter is asked for all the same, none of its lines is told.
    """
    with socket.create_server((LOOPBACK, 0)) as listening, ThreadPoolExecutor() as pool:
        heard = pool.submit(_answer_in_a_row, listening, answers, goes_on=lives)
        relay = Relay(host=LOOPBACK, port=listening.getsockname()[1], security=Security.NONE, timeout=5)
        connection = connect(relay)
        answer = hand_over(connection, "radar@voorbeeld.example", "anna@lezers.example", MAIL)
        assert alive(connection) is lives
        connection.close()
    assert (answer.outcome, heard.result()) == (outcome, heard_after)


def _answer_in_a_row(listening, answers, *, goes_on):
    """Answer one client that sends three commands in a row; gives what it said then, before RSET."""
    talk, _ = listening.accept()
    with talk, talk.makefile("rb") as lines:
        talk.sendall(b"220 klaar\r\n")
        lines.readline()
        talk.sendall(b"250-goed\r\n250 PIPELINING\r\n")
        assert [lines.readline()[:4] for _ in range(3)] == [b"MAIL", b"RCPT", b"DATA"]
        talk.sendall("".join(f"{answer}\r\n" for answer in answers if answer).encode())
        if "" in answers:
            return b""
        heard = b""
        while goes_on and (line := lines.readline()) not in (b"", b"rset\r\n"):
            heard += line
            talk.sendall(b"554 niemand\r\n")
        talk.sendall(b"250 goed\r\n")
        return heard


def test_dots_arrive_as_they_were():
    """A line that begins with a dot, or is one, is not taken for the end of the mail."""
    with post_office() as post:
        _, connection = offer(post)
        connection.quit()
    assert post.taken[0].content == MAIL


def test_a_name_without_protection_stays_home():
    """A password never goes over an open line to another machine."""
    relay = Relay(host="mail.voorbeeld.example", port=25, security=Security.NONE, username="radar")
    with pytest.raises(RelayTrouble, match="onbeveiligde verbinding"):
        connect(relay, "geheim")


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_certificates_are_verified(authority, security):
    """A server with an unknown certificate is refused; with a trusted one the mail goes through."""
    server_context = authority.server("localhost")
    post = Post()
    wrapped = {"ssl_context": server_context} if security is Security.TLS else {"tls_context": server_context}
    controller = LoopbackController(post, hostname=LOOPBACK, port=0, **wrapped)
    controller.start()
    try:
        relay = Relay(host="localhost", port=controller.port, security=security)
        with pytest.raises(RelayTrouble, match="certificate verify failed"):
            connect(relay)
        connection = connect(relay, trust=authority.trust)
        answer = hand_over(connection, "radar@voorbeeld.example", "anna@lezers.example", MAIL)
        connection.quit()
    finally:
        controller.stop()
    assert answer.outcome is Outcome.TAKEN
    assert len(post.taken) == 1


def test_a_server_without_starttls_is_refused():
    """Protection that was asked for is not silently left out."""
    with post_office() as post, pytest.raises(RelayTrouble, match="STARTTLS"):
        connect(post.relay.model_copy(update={"security": Security.STARTTLS}))
