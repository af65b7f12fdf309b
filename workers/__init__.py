"""One file per job type; `HANDLERS` is the table the engine is built with."""

from __future__ import annotations

from engine.worker_api import Handler
from workers import (
    activate_account,
    adopt_parameter_change,
    assign_limits,
    book_account,
    check_duplicate_application,
    check_identity_documents,
    close_application,
    close_ledger_account,
    compute_beneficial_owners,
    create_account,
    end_transfer,
    examine_parameter_change,
    expire_activation,
    file_opening_record,
    fix_parameters,
    issue_activation,
    load_transfer_account,
    open_service_file,
    post_transfer,
    prepare_risk_input,
    query_registry,
    record_consent,
    register_application,
    register_transfer,
    reserve_transfer,
    screen_names,
    send_notification,
    write_operation_log,
)
from workers.context import WorkerContext

HANDLERS: dict[str, Handler[WorkerContext]] = {
    module.HANDLER.type: module.HANDLER
    for module in (
        activate_account,
        adopt_parameter_change,
        assign_limits,
        book_account,
        check_duplicate_application,
        check_identity_documents,
        close_application,
        close_ledger_account,
        compute_beneficial_owners,
        create_account,
        end_transfer,
        examine_parameter_change,
        expire_activation,
        file_opening_record,
        fix_parameters,
        issue_activation,
        load_transfer_account,
        open_service_file,
        post_transfer,
        prepare_risk_input,
        query_registry,
        record_consent,
        register_application,
        register_transfer,
        reserve_transfer,
        screen_names,
        send_notification,
        write_operation_log,
    )
}
