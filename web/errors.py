"""Errors become pages here and nowhere else: a clear sentence in the reader's language, never a stack trace."""

from __future__ import annotations

import structlog
from flask import Flask, current_app, render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from persistence.errors import ErrorKind, KaihuError
from web.languages import language

log = structlog.get_logger()

_MEGABYTE = 1024 * 1024

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


def error_page(status: int, message: str | None = None) -> tuple[str, int]:
    """The page for `status`, with `message` in place of the general explanation."""
    sentences = _sentences()
    title, explanation = sentences.get(status, sentences[400 if status < 500 else 500])
    page = render_template("errors/error.html", status=status, title=title, message=message or explanation)
    return page, status


def handle_errors(app: Flask) -> None:
    """Register the handlers on `app`."""

    @app.errorhandler(KaihuError)
    def expected(error: KaihuError) -> tuple[str, int]:
        log.info("web.refused", code=error.code, kind=error.kind.value)
        return error_page(STATUS[error.kind], error.message(language()))

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> tuple[str, int]:
        log.warning("web.csrf", reason=error.description)
        return error_page(400, _("This form is no longer valid. Please open the page again and resend it."))

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[str, int]:
        return error_page(error.code or 500)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> tuple[str, int]:
        log.error("web.unexpected", exc_info=error)
        return error_page(500)
