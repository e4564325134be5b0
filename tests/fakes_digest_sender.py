"""A sender as a process of its own, to be killed: DATABASE-URL EDITION-ID PORT MOMENT."""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial

from digest import outbox
from digest.folder import LOOPBACK
from digest.sample import LETTERHEAD
from digest.smtp import Relay, Security, connect
from monitor.store.database import open_engine

if __name__ == "__main__":
    url, edition_id, port, moment = sys.argv[1:]
    outbox.send(
        open_engine(url),
        int(edition_id),
        LETTERHEAD,
        partial(connect, Relay(host=LOOPBACK, port=int(port), security=Security.NONE)),
        lambda: datetime.fromisoformat(moment),
    )
