"""One file per job type; `HANDLERS` is the table the engine is built with."""

from __future__ import annotations

from engine.worker_api import Handler
from workers import (
    check_identity_documents,
    compute_beneficial_owners,
    file_opening_record,
    prepare_risk_input,
    query_registry,
    screen_names,
    send_notification,
    write_operation_log,
)
from workers.context import WorkerContext

HANDLERS: dict[str, Handler[WorkerContext]] = {
    module.HANDLER.type: module.HANDLER
    for module in (
        check_identity_documents,
        compute_beneficial_owners,
        file_opening_record,
        prepare_risk_input,
        query_registry,
        screen_names,
        send_notification,
        write_operation_log,
    )
}
