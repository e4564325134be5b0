import email
import resource
import signal
from datetime import timedelta
from email.policy import SMTP

import pytest
from fakes_digest import NOW, frozen

from digest import store
from digest.folder import folder_server, keep
from digest.outbox import send
from digest.records import DeliveryState
from digest.sample import LETTERHEAD
from digest.smtp import connect


def test_a_letter_becomes_a_file(engine, tmp_path):
    """Without a relay each reader's letter is a whole mail in the folder, sent by the same SMTP code."""
    edition_id = frozen(engine, readers=2)
    folder = tmp_path / "outbox"
    with folder_server(folder) as relay:
        report = send(engine, edition_id, LETTERHEAD, lambda: connect(relay), lambda: NOW)
    assert report.finished
    files = sorted(folder.iterdir())
    assert [file.name.partition("@")[0] for file in files] == ["lezer01", "lezer02"]
    assert [file.suffix for file in files] == [".eml", ".eml"]
    mail = email.message_from_bytes(files[0].read_bytes(), policy=SMTP)
    assert mail["Message-ID"] == store.deliveries(engine, edition_id)[0].message_id
    assert mail["To"].addresses[0].addr_spec == "lezer01@lezers.example"


def test_the_same_mail_twice_is_one_file(tmp_path):
    """A mail that is sent again after a crash does not lie in the folder twice; another reader's does."""
    mail = b"Message-ID: <a@b.example>\r\n\r\nx\r\n"
    assert keep(tmp_path, "anna@lezers.example", mail) == keep(tmp_path, "anna@lezers.example", mail)
    keep(tmp_path, "bas@lezers.example", mail)
    assert len(list(tmp_path.iterdir())) == 2


def test_an_address_cannot_leave_the_folder(tmp_path):
    """Whatever the address looks like, the file stays in the folder and is no hidden file."""
    path = keep(tmp_path, "../../etc/x@lezers.example", b"Message-ID: <a@b.example>\r\n\r\nx\r\n")
    assert path.parent == tmp_path
    assert not path.name.startswith(".")
    assert path.exists()


def test_a_folder_that_cannot_be_written_to_means_later(engine, tmp_path):
    """When the folder is gone no letter is lost or refused: it waits and goes when the folder is back."""
    edition_id = frozen(engine, readers=1)
    folder = tmp_path / "outbox"
    with folder_server(folder) as relay:
        folder.rmdir()
        report = send(engine, edition_id, LETTERHEAD, lambda: connect(relay), lambda: NOW)
        assert report.summary[DeliveryState.DEFERRED] == 1
        folder.mkdir()
        send(engine, edition_id, LETTERHEAD, lambda: connect(relay), lambda: NOW + timedelta(hours=1))
    assert len(list(folder.glob("*.eml"))) == 1


def test_a_full_disk_does_not_get_fuller(tmp_path):
    """A mail that does not fit on the disk leaves nothing behind, however often it is tried."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limit[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            keep(tmp_path, "anna@lezers.example", b"Message-ID: <a@b.example>\r\n\r\n" + b"x" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, ignored)
    assert list(tmp_path.iterdir()) == []
