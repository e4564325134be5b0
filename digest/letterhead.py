"""Who sends the letter, and to whom: the values that end up in headers and in the foot of the letter."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from digest import address
from digest.edition import Edition

LEAVE = "Afmelden"  # the subject of a mail that asks to leave begins with it

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # the categories Cc, Zl and Zp of Unicode


def _header_safe(text: str) -> str:
    if CONTROL.search(text):
        raise ValueError("a header value holds a line break or another control character")
    return text


Safe = Annotated[str, AfterValidator(_header_safe)]
Mailbox = Annotated[Safe, AfterValidator(address.normalised)]


class Letterhead(BaseModel):
    """The sender as readers and mail servers see it.

    `public_url` is where the pages for readers live, without a slash at the end; `list_id` is a domain-like name of the
    list (RFC 2919). `postal` and `contact` stand in the foot: the law wants a sender who can be reached.
    `return_address` is the mailbox that the radar reads for bounces and for mails that ask to leave; "" when there is
    none, and people read those.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sender_name: Safe = Field(min_length=1)
    sender_address: Mailbox
    reply_to: Mailbox
    postal: Safe = Field(min_length=1)
    contact: Safe = Field(min_length=1)
    public_url: Annotated[Safe, AfterValidator(lambda url: url.rstrip("/"))] = Field(pattern=r"^https?://[^\s<>\"]+$")
    return_address: Mailbox | Literal[""] = ""
    list_id: Safe = Field(pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")

    @property
    def domain(self) -> str:
        """The domain of the sender, which also stands in the Message-IDs."""
        return self.sender_address.rpartition("@")[2]

    def leave_page(self, token: str) -> str:
        """The page where a reader signs off (GET asks, POST does it)."""
        return f"{self.public_url}/afmelden/{quote(token, safe='')}"

    def preferences_page(self, token: str) -> str:
        """The page where a reader looks at and changes what is kept of them."""
        return f"{self.public_url}/voorkeuren/{quote(token, safe='')}"

    @property
    def home_page(self) -> str:
        """The front page for readers."""
        return f"{self.public_url}/welkom"

    @property
    def sign_up_page(self) -> str:
        """The page where anybody asks for the letter."""
        return f"{self.public_url}/aanmelden"

    def confirm_page(self, token: str) -> str:
        """The page where somebody confirms that they want the letter (GET asks, POST does it)."""
        return f"{self.sign_up_page}/bevestigen/{quote(token, safe='')}"

    @property
    def archive_page(self) -> str:
        """The page with every edition that was sent."""
        return f"{self.public_url}/brieven"

    def edition_page(self, edition: Edition) -> str:
        """The public page of an edition, the same for all its readers."""
        return f"{self.archive_page}/{edition.audience.value}/{edition.issue}"

    def item_page(self, reference: str) -> str:
        """The public page of one item."""
        return f"{self.public_url}/berichten/{quote(reference, safe='')}"

    def leave_mail(self, token: str) -> str:
        """The mailto address with which a reader signs off."""
        to = self.return_address or self.reply_to
        return f"mailto:{quote(to, safe='@+')}?subject={quote(f'{LEAVE} {token}', safe='')}"

    def return_path(self, message_id: str) -> str:
        """The envelope sender of one letter: an address of its own (VERP), so that a bounce tells whose it is.

        Without a return address it is the sender's, and bounces come in there.
        """
        if not self.return_address:
            return self.sender_address
        local, _, domain = self.return_address.rpartition("@")
        return f"{local}+{message_id.strip('<>').partition('@')[0]}@{domain}"


class Recipient(BaseModel):
    """Whoever the letter goes to; `token` is the secret for leaving, `preferences` that of their own page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: Mailbox
    name: Safe = ""
    token: Safe = Field(pattern=r"^[A-Za-z0-9_-]+$")
    preferences: Safe = Field("", pattern=r"^[A-Za-z0-9_-]*$")
