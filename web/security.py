"""Headers, cookies, form tokens and rate limits of every page.

The content security policy allows no inline script and no inline style: whatever a customer manages to put
into a page stays text (OWASP ASVS 5.0, V3.4).
"""

from __future__ import annotations

from flask import Flask, Response, abort, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)

from engine.forms.posted import MAX_NAMES
from web.settings import WebSettings

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="moving-window")


def _policy() -> ContentSecurityPolicy:
    """Everything from this server only; bootstrap's icons are data: images."""
    return (
        ContentSecurityPolicy()
        .default_src("'none'")
        .script_src("'self'")
        .style_src("'self'")
        .img_src("'self'", "data:")
        .font_src("'self'")
        .connect_src("'self'")
        .form_action("'self'")
        .base_uri("'none'")
        .frame_ancestors("'none'")
    )


def _headers(*, tls: bool) -> Secure:
    return Secure(
        csp=_policy(),
        coop=CrossOriginOpenerPolicy().same_origin(),
        corp=CrossOriginResourcePolicy().same_origin(),
        hsts=StrictTransportSecurity().max_age(31_536_000) if tls else None,
        permissions=PermissionsPolicy().camera().geolocation().microphone(),
        referrer=ReferrerPolicy().same_origin(),
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
    )


_POLICY_HEADER = "Content-Security-Policy"


def own_policy(response: Response, policy: str) -> Response:
    """`response` with a content security policy of its own, stricter than that of the pages."""
    response.headers[_POLICY_HEADER] = policy
    return response


def _refuse_null() -> None:
    """No browser sends U+0000 in a text, and PostgreSQL takes it in none."""
    if any("\0" in text for text in (request.path, *request.args.values(), *request.form.values())):
        abort(400)


def protect(app: Flask, settings: WebSettings) -> None:
    """Give `app` form tokens, rate limits, hardened cookies and headers on every answer."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="kaihu",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=settings.session_lifetime,
        SESSION_REFRESH_EACH_REQUEST=False,  # a page that polls must not keep a session alive for ever
        MAX_CONTENT_LENGTH=settings.upload_bytes,
        MAX_FORM_PARTS=MAX_NAMES,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form may stay open over lunch
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
        RATELIMIT_HEADERS_ENABLED=True,
        SIGN_IN_LIMIT=settings.sign_in_limit,
        APPLICATION_LIMIT=settings.application_limit,
    )
    app.before_request(_refuse_null)
    csrf.init_app(app)
    limiter.init_app(app)
    headers = _headers(tls=settings.secure_cookies)

    @app.after_request
    def send_headers(response: Response) -> Response:
        policy = response.headers.get(_POLICY_HEADER)
        headers.set_headers(response)
        if policy is not None:
            own_policy(response, policy)
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"  # pages hold personal data
        return response
