"""Who may sign for an applicant (R032, R033): nobody else's name under an agreement counts."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator, Mapping

from bank.checks.fields import part, text
from bank.checks.identity import is_minor


def may_sign(application: Mapping[str, object], name: str, today: dt.date) -> bool:
    """Whether `name` is that of somebody who may sign, however blanks, width and capitals are written.

    An individual signs in person, a minor through the guardian; an enterprise through its legal representative,
    or through the operator while the letter of authority lasts.
    """
    return _plain(name) in {_plain(signer) for signer in _signers(application, today) if signer}


def _signers(application: Mapping[str, object], today: dt.date) -> Iterator[str]:
    if text(application, "kind") == "individual":
        person = part(application, "individual")
        yield text(part(person, "guardian") if is_minor(application, today) else person, "name")
        return
    yield text(part(application, "legal_representative"), "name")
    operator = part(application, "operator")
    if text(operator, "letter_expires_on") >= today.isoformat():
        yield text(operator, "name")


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
