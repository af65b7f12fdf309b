"""Simplified Chinese and English, chosen by the reader and kept in the session (R088)."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Flask, g, has_request_context, redirect, request, session, url_for
from flask_babel import Babel
from werkzeug.wrappers import Response

from web.settings import WebSettings

DEFAULT = "zh"
LANGUAGES = {"zh": "中文", "en": "English"}

blueprint = Blueprint("languages", __name__)


def _chosen() -> str:
    """Babel's name of the reader's language."""
    language = session.get("language", DEFAULT) if has_request_context() else DEFAULT
    return "zh" if language == "zh" else "en"


def language() -> str:
    """The reader's language: "zh" or "en"."""
    if not has_request_context():
        return DEFAULT
    known = g.get("language")  # asked for each word of a page
    if known is None:
        known = g.language = _chosen()
    return str(known)


def in_language(zh: str, en: str) -> str:
    """The text for the reader, the other one when theirs is missing."""
    return (en or zh) if language() == "en" else (zh or en)


def speak(app: Flask, settings: WebSettings) -> None:
    """Install the languages and the switch."""
    Babel(
        app,
        default_locale="zh",
        default_timezone=settings.timezone,
        default_translation_directories="translations",
        locale_selector=_chosen,
    )
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(language=language, in_language=in_language, languages=LANGUAGES)


def local_path(address: str | None) -> str:
    """`address` when it stays on this server, else the start page: no open redirects."""
    try:
        parts = urlsplit(address or "")
    except ValueError:  # such as brackets that hold no IPv6 address
        return url_for("start.home")
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith(("//", "/\\")):
        return url_for("start.home")
    return parts.path + (f"?{parts.query}" if parts.query else "")


@blueprint.post("/language")
def choose() -> Response:
    """Switch the language and return to the page the reader came from."""
    wanted = request.form.get("language", "")
    if wanted in LANGUAGES:
        session["language"] = wanted
        g.pop("language", None)
        g.pop("_flask_babel", None)
    return redirect(local_path(request.form.get("next")), 303)
