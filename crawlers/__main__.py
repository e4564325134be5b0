"""The door of the crawling process: `python -m crawlers`."""

from __future__ import annotations

import gc
import sys

if __name__ == "__main__":
    gc.disable()  # what is imported stays; looking for garbage in it takes a fifth of the start
    from crawlers.child import main

    gc.freeze()
    gc.set_threshold(10_000, 10, 10)  # hardly anything here is garbage that only a search finds
    gc.enable()
    sys.exit(main(sys.argv[1:]))
