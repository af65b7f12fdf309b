"""The pages: Flask blueprints per user, in Simplified Chinese and English."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, ValidationError

from persistence.keys import key_in
from web import accounts, cases, delegation, inbox, operations, public, rules, sign_in, start, uploads
from web.errors import handle_errors
from web.facts import present_facts
from web.identity import know_people
from web.languages import speak
from web.presentation import present
from web.security import protect
from web.services import WebServices
from web.settings import WebSettings

__all__ = ["WebServices", "WebSettings", "create_web"]


class KeyConverter(IntegerConverter):
    """Numbers in addresses are keys: a greater one names nothing, and no database would take it."""

    def to_python(self, value: str) -> int:
        """The key. Raises ValidationError, which is answered with 404."""
        key = key_in(value)
        if key is None:
            raise ValidationError
        return key


def create_web(services: WebServices, settings: WebSettings) -> Flask:
    """The WSGI application on these services."""
    app = Flask(__name__)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config["PUBLIC_URL"] = settings.public_url
    app.url_map.converters["int"] = KeyConverter
    services.attach(app.extensions)
    _believe_proxies(app, settings.trusted_proxies)
    operations.measure(app)
    protect(app, settings)
    speak(app, settings)
    present(app)
    present_facts(app)
    know_people(app)
    handle_errors(app)
    for part in (operations, sign_in, start, inbox, cases, accounts, delegation, rules, uploads, public):
        app.register_blueprint(part.blueprint)
    return app


def _believe_proxies(app: Flask, count: int) -> None:
    """Take the asker's address and scheme from what the bank's own proxies add; from nobody else, and no host name."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]
