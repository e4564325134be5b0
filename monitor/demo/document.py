"""A small real PDF, written by hand so that the demo needs no library for it."""

from __future__ import annotations

import textwrap

WIDTH, HEIGHT, MARGIN = 595, 842, 60
LINE, LINES_PER_PAGE, CHARACTERS = 16, 42, 84
TITLE_CHARACTERS = 44


def pdf(title: str, text: str) -> bytes:
    """Set a title in large letters and a text on A4 pages; letters outside Windows-1252 become "?"."""
    pages = _pages(title, text)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (nl) >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>"
        % (len(pages), b" ".join(b"%d 0 R" % (5 + 2 * number) for number in range(len(pages)))),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Title (%s) >>" % _escaped(title),
    ]
    for number, page in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Resources << /Font << /F1 3 0 R >> >>"
            b" /Contents %d 0 R >>" % (WIDTH, HEIGHT, 6 + 2 * number)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page))
    return _file(objects)


def _pages(title: str, text: str) -> list[bytes]:
    """Drawing orders per page: each line in its size, from top to bottom."""
    lines = [(22, line) for line in textwrap.wrap(title, TITLE_CHARACTERS)] + [(11, "")]
    for paragraph in text.strip().split("\n\n"):
        lines += [(11, line) for line in textwrap.wrap(paragraph, CHARACTERS)] + [(11, "")]
    starts = range(0, len(lines), LINES_PER_PAGE)
    return [_drawn(lines[start : start + LINES_PER_PAGE]) for start in starts]


def _drawn(lines: list[tuple[int, str]]) -> bytes:
    orders = [b"BT", b"%d %d Td" % (MARGIN, HEIGHT - MARGIN)]
    for size, line in lines:
        orders.append(b"/F1 %d Tf (%s) Tj 0 %d Td" % (size, _escaped(line), -LINE if size == 11 else -28))
    return b"\n".join([*orders, b"ET"])


def _escaped(text: str) -> bytes:
    raw = text.encode("cp1252", errors="replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _file(objects: list[bytes]) -> bytes:
    body = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    )
    return bytes(body) + end % (size, table, size, len(body))
