"""Every request is observed under the template of its address: what the address itself holds is nobody's business."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

from persistence.telemetry.observation import FAILED, Kind, Operation, Span

HEADER = "X-Request-ID"
"""Of every answer: the request's number in the log. Always our own, for what a client sends may be anything."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NOT_OBSERVED = frozenset({"health.live", "health.ready", "static"})
_ID_BYTES = 8


def measure(app: Flask) -> None:
    """Observe the requests of `app`; before anything else is installed that looks at them."""

    @app.before_request
    def begin() -> None:
        g.request_id = secrets.token_hex(_ID_BYTES)
        if request.endpoint not in _NOT_OBSERVED:
            g.span = Span(Operation(Kind.REQUEST, _name(), {"request_id": g.request_id}))

    @app.after_request
    def answered(response: Response) -> Response:
        response.headers[HEADER] = g.request_id
        if "span" in g:
            g.span.operation.outcome = str(response.status_code)
            g.span.end()
        return response

    @app.teardown_request
    def given_up(_error: BaseException | None) -> None:
        if "span" in g:  # ended already, unless the answer itself could not be made
            g.span.operation.outcome = FAILED
            g.span.end()


def _name() -> str:
    """Method and template, such as `POST /inbox/tasks/<int:key>`; `none` for addresses that are none of ours."""
    method = request.method if request.method in _METHODS else "OTHER"
    return f"{method} {request.url_rule.rule if request.url_rule else 'none'}"
