from datetime import UTC, datetime, timedelta

import pytest
from fakes_certificates import an_authority
from fakes_digest import Post
from fakes_dns import name_server

from digest.deliverability import Level, of_connection, of_relay, of_sender, of_trouble
from digest.dkim import Signer, make_key, read_key
from digest.folder import LOOPBACK, LoopbackController
from digest.nameserver import Nameserver, NoAnswer
from digest.sample import LETTERHEAD
from digest.smtp import Relay, RelayTrouble, Security, connect, protection

DOMAIN = "voorbeeld.example"
RELAY = Relay(host="mail.provider.example", port=587)
HEAD = LETTERHEAD.model_copy(update={"return_address": f"retour@{DOMAIN}"})
ZONE = {
    (DOMAIN, "MX"): ("10 mx.voorbeeld.example.",),
    (DOMAIN, "TXT"): ('"andere=tekst"', '"v=spf1 include:provider.example -all"'),
    ("provider.example", "TXT"): ('"v=spf1 ip4:198.51.100.0/24 a:mail.provider.example ~all"',),
    ("mail.provider.example", "A"): ("203.0.113.7",),
    ("mail.provider.example", "AAAA"): ("2001:db8::7",),
    ("7.113.0.203.in-addr.arpa", "PTR"): ("mail.provider.example.",),
    (f"{'7.' + '0.' * 23}8.b.d.0.1.0.0.2.ip6.arpa", "PTR"): ("mail.provider.example.",),
    (f"_dmarc.{DOMAIN}", "TXT"): ('"v=DMARC1; p=quarantine"',),
}
LOOP = {(f"l{number}.example", "TXT"): (f'"v=spf1 include:l{number + 1}.example -all"',) for number in range(12)}


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "dkim.pem"
    make_key(path)
    return Signer(DOMAIN, "radar2026", read_key(path))


def published(signer, record=None):
    """The key as it goes into DNS: in strings of at most 255 characters."""
    text = record or signer.record
    return {(signer.record_name, "TXT"): (" ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200)),)}


def looked_up(zone, signer, head=HEAD):
    with name_server(zone) as address:
        ask = Nameserver(address)
        return [*of_sender(head, signer, ask), *of_relay(head, RELAY, ask)]


def test_an_installation_in_order_has_nothing_to_mend(signer):
    """Records as they should be, of which the key takes several strings and SPF an include, are all good."""
    found = looked_up(ZONE | published(signer), signer)
    assert [one.about for one in found] == ["DKIM", "DMARC", "MX", "afmelden", "SPF", "PTR", "PTR"]
    assert [one for one in found if one.level is not Level.GOOD or one.advice] == []


@pytest.mark.parametrize(
    ("change", "about", "level", "words", "advice"),
    [
        ({(DOMAIN, "TXT"): ()}, "SPF", Level.FAULT, "zegt niet wie", "v=spf1 include:... -all"),
        ({(DOMAIN, "TXT"): ('"v=spf1 -all"',)}, "SPF", Level.CARE, "noemt mail.provider.example", "include"),
        ({(DOMAIN, "TXT"): ('"v=spf1 a -all"', '"v=spf1 -all"')}, "SPF", Level.FAULT, "2 SPF-records", "herstellen"),
        ({(DOMAIN, "TXT"): ('"v=spf1 +all"',)}, "SPF", Level.FAULT, "iedereen", "-all"),
        (
            {(DOMAIN, "TXT"): ('"v=spf1 include:l0.example -all"',)} | LOOP,
            "SPF",
            Level.FAULT,
            "meer dan 10",
            "herstellen",
        ),
        (
            {(DOMAIN, "TXT"): ('"v=spf1 redirect=weg.example"',)},
            "SPF",
            Level.FAULT,
            "weg.example, en dat",
            "herstellen",
        ),
        ({(DOMAIN, "TXT"): ('"v=spf1 ip4:12.x -all"',)}, "SPF", Level.FAULT, "“12.x”", "herstellen"),
        ({(f"_dmarc.{DOMAIN}", "TXT"): ()}, "DMARC", Level.FAULT, "geen DMARC", f"_dmarc.{DOMAIN}"),
        ({(f"_dmarc.{DOMAIN}", "TXT"): ('"v=DMARC1; p=non"',)}, "DMARC", Level.FAULT, "klopt niet", "p=none"),
        ({(f"_dmarc.{DOMAIN}", "TXT"): ('"v=DMARC1;p=none"',)}, "DMARC", Level.GOOD, "p=none", "p=quarantine"),
        ({(DOMAIN, "MX"): ("0 .",)}, "MX", Level.FAULT, "geen mail ontvangen", "MX-record"),
        ({("7.113.0.203.in-addr.arpa", "PTR"): ()}, "PTR", Level.CARE, "203.0.113.7 heeft geen naam", "PTR-record"),
        ({("7.113.0.203.in-addr.arpa", "PTR"): ("x.example.",)}, "PTR", Level.CARE, "verwijst niet terug", "PTR"),
        (
            {("radar2026._domainkey.voorbeeld.example", "TXT"): ()},
            "DKIM",
            Level.FAULT,
            "staat niet in DNS",
            "v=DKIM1; ",
        ),
        (
            {("radar2026._domainkey.voorbeeld.example", "TXT"): ('"v=DKIM1; p=abc"',)},
            "DKIM",
            Level.FAULT,
            "andere sleutel",
            "v=DKIM1; k=rsa; p=",
        ),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(signer, change, about, level, words, advice):
    """One wrong record changes one finding, which says what is wrong and how to mend it; the others stay good."""
    found = looked_up(ZONE | published(signer) | change, signer)
    changed = [one for one in found if one.level is not Level.GOOD or one.advice]
    assert [(one.about, one.level) for one in changed] == [(about, level)]
    assert words in changed[0].found
    assert advice in changed[0].advice


def test_mail_that_comes_back_elsewhere_is_not_aligned(signer):
    """A return address of another domain makes SPF count for nothing; one of a part of the domain does not."""
    zone = ZONE | published(signer) | {("retour.example", "MX"): ("10 mx.voorbeeld.example.",)}
    zone |= {
        ("post.voorbeeld.example", "MX"): zone[DOMAIN, "MX"],
        ("post.voorbeeld.example", "TXT"): zone[DOMAIN, "TXT"],
    }
    told = {}
    for domain in ("retour.example", "post.voorbeeld.example"):
        head = HEAD.model_copy(update={"return_address": f"retour@{domain}"})
        told[domain] = {one.about: one.level for one in looked_up(zone, None, head)}
    assert told["retour.example"]["DMARC"] is Level.CARE
    assert told["retour.example"]["SPF"] is Level.FAULT
    assert told["post.voorbeeld.example"]["DMARC"] is Level.GOOD
    assert told["post.voorbeeld.example"]["DKIM"] is Level.CARE  # the relay signs, which nobody sees from here


def test_silence_is_no_answer():
    """A name server that is not there says nothing about the records, and that is what is told."""
    with pytest.raises(NoAnswer, match="Heeft deze computer internet"):
        Nameserver("127.0.0.1:9", patience=0.2).texts(DOMAIN)


@pytest.mark.parametrize(
    ("names", "days", "level", "words"),
    [
        (("localhost",), 90, Level.GOOD, "TLSv1.3"),
        (("localhost",), 7, Level.CARE, "loopt af op"),
        (("ander.example",), 90, Level.FAULT, "not valid for 'localhost'"),
        (("localhost",), -1, Level.FAULT, "certificate has expired"),
        ((), 0, Level.FAULT, "STARTTLS"),
    ],
)
def test_the_line_to_the_mail_server_is_looked_at(tmp_path, names, days, level, words):
    """A good certificate, one that runs out soon or long ago, one of another server, and no protection at all."""
    authority = an_authority(tmp_path)
    context = authority.server(*names, days=days) if names else None
    controller = LoopbackController(Post(), hostname=LOOPBACK, port=0, tls_context=context)
    controller.start()
    relay = Relay(host="localhost", port=controller.port, security=Security.STARTTLS)
    now = datetime.now(UTC)
    try:
        with connect(relay, trust=authority.trust) as connection:
            version, runs_out = protection(connection)
        assert abs(runs_out - now - timedelta(days=days)) < timedelta(minutes=5)
        finding = of_connection(relay, version, runs_out, now)
    except RelayTrouble as trouble:
        finding = of_trouble(relay, str(trouble))
    finally:
        controller.stop()
    assert finding.level is level
    assert words in finding.found
    assert bool(finding.advice) is (level is not Level.GOOD)
