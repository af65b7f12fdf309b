"""Errors become pages here and nowhere else: a clear sentence in the reader's language, never a stack trace.

Each page carries a reference that also stands in the log beside the cause. The log names the kind of error and
the lines it passed, never its message: messages of foreign code quote what people typed.
"""

from __future__ import annotations

import secrets

import structlog
from flask import Flask, current_app, render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from bank.errors import ActionNotAuthorised
from engine.model.errors import NotAuthorised
from persistence.database import DatabaseUnavailable
from persistence.errors import ErrorKind, KaihuError
from persistence.logs import passed
from web.languages import language

log = structlog.get_logger()

_MEGABYTE = 1024 * 1024
_RETRY_SECONDS = "30"
_REFERENCE_BYTES = 4
_TROUBLE_OF_OUR_OWN = 500  # from here on the page must not ask the database who is signed in

_SPEAK_OF_ACTIONS = frozenset({NotAuthorised.code, ActionNotAuthorised.code})
"""Refusals whose message names the action by its code, which is for logs and not for readers."""

Answer = tuple[str, int, dict[str, str]]
"""Page, status, headers."""

STATUS = {
    ErrorKind.INVALID: 400,
    ErrorKind.FORBIDDEN: 403,
    ErrorKind.NOT_FOUND: 404,
    ErrorKind.CONFLICT: 409,
    ErrorKind.TOO_LARGE: 413,
    ErrorKind.UNSUPPORTED_TYPE: 415,
    ErrorKind.UNAVAILABLE: 503,
}


def _sentences() -> dict[int, tuple[str, str]]:
    """Title and explanation by status."""
    return {
        400: (_("The request was not understood"), _("Please go back, check your entries and send them again.")),
        403: (_("Not permitted"), _("You are signed in, but this is not yours to see or do.")),
        404: (_("Not found"), _("There is no such page, or it is not for you.")),
        405: (_("Not found"), _("This address does not accept this kind of request.")),
        409: (_("Somebody was faster"), _("This has changed since you opened it. Please reload the page.")),
        413: (_("Too large"), _too_large()),
        415: (_("Kind of file not accepted"), _("Please send the file in one of the accepted formats.")),
        429: (_("Too many attempts"), _("Please wait a minute and try again.")),
        500: (_("Something went wrong on our side"), _("Nothing was saved. The incident has been recorded.")),
        503: (_("Temporarily unavailable"), _("Nothing was saved. Please try again in a moment.")),
    }


def _too_large() -> str:
    limit = current_app.config["MAX_CONTENT_LENGTH"] // _MEGABYTE
    return str(
        _(
            "What you sent is larger than %(limit)s MB altogether. Nothing was saved. "
            "Go back and send the files a few at a time.",
            limit=limit,
        )
    )


def _new_reference() -> str:
    """A number for one showing of an error, such as `3F9A12CD`, short enough to be read out."""
    return secrets.token_hex(_REFERENCE_BYTES).upper()


def _page(status: int, reference: str, message: str | None = None) -> Answer:
    """The page for `status`, with `message` in place of the general explanation."""
    sentences = _sentences()
    title, explanation = sentences.get(status, sentences[400 if status < _TROUBLE_OF_OUR_OWN else 500])
    told = {"status": status, "title": title, "message": message or explanation, "reference": reference}
    if status >= _TROUBLE_OF_OUR_OWN:
        # Not `render_template`: that would load who is signed in from the database.
        page = current_app.jinja_env.get_template("errors/trouble.html").render(told)
        return page, status, _headers(status)
    try:
        return render_template("errors/error.html", **told), status, _headers(status)
    except DatabaseUnavailable:  # whoever asked for a page that does not exist learns of the outage instead
        return _page(STATUS[ErrorKind.UNAVAILABLE], reference)


def _headers(status: int) -> dict[str, str]:
    return {"Retry-After": _RETRY_SECONDS} if status == STATUS[ErrorKind.UNAVAILABLE] else {}


def handle_errors(app: Flask) -> None:
    """Register the handlers on `app`."""

    @app.errorhandler(KaihuError)
    def expected(error: KaihuError) -> Answer:
        reference = _new_reference()
        log.info("web.refused", reference=reference, code=error.code, kind=error.kind.value)
        spoken = None if error.code in _SPEAK_OF_ACTIONS else error.message(language())
        return _page(STATUS[error.kind], reference, spoken)

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> Answer:
        reference = _new_reference()
        log.warning("web.csrf", reference=reference, reason=error.description)
        return _page(400, reference, _("This form is no longer valid. Please open the page again and resend it."))

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Answer:
        reference, status = _new_reference(), error.code or 500
        log.info("web.http_error", reference=reference, status=status)
        page, status, headers = _page(status, reference)
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return page, status, headers

    @app.errorhandler(DBAPIError)
    def lost(error: DBAPIError) -> Answer:
        """What reaches a page without the database's own translation."""
        if isinstance(error, OperationalError) or error.connection_invalidated:
            return expected(DatabaseUnavailable())
        return unexpected(error)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Answer:
        reference = _new_reference()
        log.error("web.unexpected", reference=reference, error=type(error).__name__, passed=passed(error))
        return _page(500, reference)
