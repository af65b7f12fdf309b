"""Accounts: opened once per case, activated with a token in time, followed by a service file (R025–R027)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bank.accounts.errors import ActivationOverdue, ActivationSpent, LimitsNotInOrder
from bank.accounts.numbers import account_number
from bank.accounts.profiles import profile_of
from bank.accounts.records import (
    TRANSITIONS,
    Account,
    AccountStatus,
    Activation,
    LimitPeriod,
    Profile,
    StatusChange,
    StatusReason,
)
from bank.accounts.tables import (
    account,
    account_activation,
    account_limit,
    account_profile,
    account_status_change,
    service_file,
)
from bank.checks.fields import text, whole
from bank.checks.limit_values import check_limits
from bank.counters import next_number
from bank.errors import IllegalTransition, RecordNotFound
from bank.parameters import Parameters, ParameterSet
from bank.terms import Record

HELD = frozenset({AccountStatus.RESTRICTED, AccountStatus.FROZEN})
"""Where an account's money is held back."""

_COUNTER = "account_number"
_ACTIVATION = tuple(column for column in account_activation.c if column.name != "token_sha256")


class Accounts:
    """The accounts of the bank. Every method works in the caller's transaction."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters

    def open(
        self,
        connection: Connection,
        *,
        business_key: str,
        application: Mapping[str, object],
        limits: Mapping[str, object],
        risk_band: str = "",
        now: dt.datetime,
    ) -> Account:
        """The account of a case, opened at the first call and the same one ever after (R025).

        `limits` holds single_fen, daily_fen and perhaps yearly_fen; `risk_band` is the rating they stand on.
        Raises LimitsNotInOrder.
        """
        wrong = check_limits(limits)
        if wrong:
            raise LimitsNotInOrder(limits=", ".join(finding.field for finding in wrong))
        existing = self.of_case(connection, business_key)
        if existing is not None:
            return existing
        try:
            with connection.begin_nested():  # the number goes back to the counter when another was faster
                opened = self._insert(connection, business_key, text(application, "account_type"), now)
                self._insert_limits(connection, opened.key, limits)
                months = self._parameters.integer(connection, "temporary_account_months")
                profile = profile_of(application, risk_band=risk_band, opened_at=now, temporary_months=months)
                connection.execute(insert(account_profile).values(account=opened.key, **asdict(profile)))
        except IntegrityError:
            existing = self.of_case(connection, business_key)
            if existing is None:
                raise
            return existing
        return opened

    def get(self, connection: Connection, key: int) -> Account:
        """The account with this key. Raises RecordNotFound."""
        found = self._find(connection, account.c.key == key)
        if found is None:
            raise RecordNotFound(what=Record.ACCOUNT, key=key)
        return found

    def by_number(self, connection: Connection, number: str) -> Account | None:
        """The account with this number, or None."""
        return self._find(connection, account.c.number == number)

    def lock(self, connection: Connection, keys: Iterable[int]) -> dict[int, Account]:
        """These accounts as they stand, kept from every other payment or change until the transaction ends."""
        rows = connection.execute(
            select(account).where(account.c.key.in_(set(keys))).order_by(account.c.key).with_for_update(key_share=True)
        )
        return {found.key: found for found in map(_account, rows)}

    def profile(self, connection: Connection, key: int) -> Profile:
        """What the rules of payments ask of the account; of one opened before profiles were kept, nothing is known."""
        row = connection.execute(select(account_profile).where(account_profile.c.account == key)).first()
        if row is None:
            return Profile()
        return Profile(**{name: value for name, value in row._asdict().items() if name != "account"})

    def of_case(self, connection: Connection, business_key: str) -> Account | None:
        """The account a case opened, or None."""
        return self._find(connection, account.c.business_key == business_key)

    def limits(self, connection: Connection, key: int) -> dict[LimitPeriod, int]:
        """The account's limits in fen (R090)."""
        rows = connection.execute(select(account_limit).where(account_limit.c.account == key))
        return {LimitPeriod(row.period): row.amount_fen for row in rows}

    def change_limits(
        self, connection: Connection, key: int, limits: Mapping[str, object], *, risk_band: str
    ) -> dict[LimitPeriod, int]:
        """Other limits from now on, by a new rating or on the customer's wish (R089, R090).

        A payment under way is checked against them before it is posted. Raises LimitsNotInOrder, RecordNotFound.
        """
        wrong = check_limits(limits)
        if wrong:
            raise LimitsNotInOrder(limits=", ".join(finding.field for finding in wrong))
        self.get(connection, key)
        self.lock(connection, [key])
        connection.execute(delete(account_limit).where(account_limit.c.account == key))
        self._insert_limits(connection, key, limits)
        known = connection.execute(
            update(account_profile).where(account_profile.c.account == key).values(risk_band=risk_band)
        )
        if known.rowcount == 0:
            values = asdict(Profile(risk_band=risk_band))
            connection.execute(insert(account_profile).values(account=key, **values))
        return self.limits(connection, key)

    def issue_activation(
        self,
        connection: Connection,
        account_key: int,
        *,
        token: str,
        parameters: ParameterSet | None = None,
        now: dt.datetime,
    ) -> Activation:
        """Issue a token's activation; earlier ones of the account end. The same token again changes nothing.

        Only a hash of the token is kept (R026); it is good for as long as `parameters`
        say, or else those in force. Raises RecordNotFound, IllegalTransition when the account
        is not waiting for its activation.
        """
        found = self.get(connection, account_key)
        if found.status is not AccountStatus.PENDING_ACTIVATION:
            raise IllegalTransition(what=Record.ACCOUNT, actual=found.status, wanted=AccountStatus.ACTIVE)
        hashed = _hash_of(token)
        same = (account_activation.c.token_sha256 == hashed) & (account_activation.c.account == account_key)
        existing = connection.execute(select(*_ACTIVATION).where(same)).first()
        if existing is not None:
            return Activation(**existing._asdict())
        self._end_activations(connection, account_key, now)
        parameters = parameters or self._parameters.newest(connection)
        expires_at = now + dt.timedelta(days=parameters.integer("activation_days"))
        values = {"account": account_key, "token_sha256": hashed, "issued_at": now, "expires_at": expires_at}
        row = connection.execute(insert(account_activation).values(values).returning(*_ACTIVATION)).one()
        return Activation(**row._asdict())

    def by_token(self, connection: Connection, token: str, now: dt.datetime) -> Account:
        """The account a customer's activation link is for (R026).

        Raises RecordNotFound for an unknown token, ActivationOverdue for a late one, ActivationSpent for
        one used or replaced.
        """
        hashed = account_activation.c.token_sha256 == _hash_of(token)
        row = connection.execute(select(*_ACTIVATION).where(hashed)).first()
        if row is None:
            raise RecordNotFound(what=Record.ACTIVATION)
        found = self.get(connection, row.account)
        if found.status is AccountStatus.EXPIRED:
            raise ActivationOverdue()
        if row.ended_at is not None or found.status is not AccountStatus.PENDING_ACTIVATION:
            raise ActivationSpent()
        if now >= row.expires_at:
            raise ActivationOverdue()
        return found

    def activate(self, connection: Connection, account_key: int, *, now: dt.datetime) -> Account:
        """Make the account usable; its activation is spent. Raises RecordNotFound, IllegalTransition."""
        pending = frozenset({AccountStatus.PENDING_ACTIVATION})  # activation lifts no restriction
        return self._move(connection, account_key, AccountStatus.ACTIVE, now, since=pending)

    def hold(
        self,
        connection: Connection,
        account_key: int,
        wanted: AccountStatus,
        *,
        reason: StatusReason,
        reference: str,
        by: int | None,
        now: dt.datetime,
    ) -> Account:
        """Restrict (receives, does not pay) or freeze (does neither) an account, for a reason that is kept.

        `reference` names the order, alert or case; `by` the person, None for the system. Who may do so is asked
        by the caller. Raises RecordNotFound, IllegalTransition, ValueError for any other status.
        """
        if wanted not in HELD:
            raise ValueError(f"{wanted} holds no money back")
        return self._move_for(connection, account_key, wanted, since=None, given=(reason, reference, by), now=now)

    def release(
        self,
        connection: Connection,
        account_key: int,
        *,
        reason: StatusReason,
        reference: str,
        by: int | None,
        now: dt.datetime,
    ) -> Account:
        """Lift a restriction or a freeze. Raises RecordNotFound, IllegalTransition."""
        given, active = (reason, reference, by), AccountStatus.ACTIVE
        return self._move_for(connection, account_key, active, since=HELD, given=given, now=now)

    def status_changes(self, connection: Connection, account_key: int) -> list[StatusChange]:
        """Every restriction, freeze and release of the account, in order."""
        query = select(account_status_change).where(account_status_change.c.account == account_key)
        rows = (row._asdict() for row in connection.execute(query.order_by(account_status_change.c.key)))
        return [
            StatusChange(
                **row
                | {
                    "before": AccountStatus(row["before"]),
                    "after": AccountStatus(row["after"]),
                    "reason": StatusReason(row["reason"]),
                }
            )
            for row in rows
        ]

    def expire_activation(self, connection: Connection, account_key: int, *, now: dt.datetime) -> Account:
        """End an activation that was not used. Raises RecordNotFound, IllegalTransition."""
        return self._move(connection, account_key, AccountStatus.EXPIRED, now)

    def close(self, connection: Connection, account_key: int, *, now: dt.datetime) -> Account:
        """Close the account for good. Raises RecordNotFound, IllegalTransition."""
        return self._move(connection, account_key, AccountStatus.CLOSED, now)

    def open_service_file(
        self, connection: Connection, account_key: int, *, next_review_on: dt.date, now: dt.datetime
    ) -> int:
        """The key of the account's service file, opened at the first call (R027). Raises RecordNotFound."""
        of_account = select(service_file.c.key).where(service_file.c.account == self.get(connection, account_key).key)
        existing = connection.execute(of_account).scalar()
        if existing is not None:
            return int(existing)
        values = {"account": account_key, "next_review_on": next_review_on, "opened_at": now}
        return int(connection.execute(insert(service_file).values(values).returning(service_file.c.key)).scalar_one())

    def _move_for(
        self,
        connection: Connection,
        key: int,
        wanted: AccountStatus,
        *,
        since: frozenset[AccountStatus] | None,
        given: tuple[StatusReason, str, int | None],
        now: dt.datetime,
    ) -> Account:
        self.get(connection, key)
        before = self.lock(connection, [key])[key].status
        moved = self._move(connection, key, wanted, now, since=since)
        reason, reference, person = given
        connection.execute(
            insert(account_status_change).values(
                account=key,
                before=before,
                after=wanted,
                reason=reason,
                reference=reference,
                person=person,
                changed_at=now,
            )
        )
        return moved

    def _move(
        self,
        connection: Connection,
        key: int,
        wanted: AccountStatus,
        now: dt.datetime,
        *,
        since: frozenset[AccountStatus] | None = None,
    ) -> Account:
        before = [status for status, after in TRANSITIONS.items() if wanted in after and (not since or status in since)]
        moved = connection.execute(
            update(account)
            .where(account.c.key == key, account.c.status.in_(before))  # one of two concurrent moves finds nothing
            .values(status=wanted, status_changed_at=now)
        )
        found = self.get(connection, key)
        if moved.rowcount == 0:
            raise IllegalTransition(what=Record.ACCOUNT, actual=found.status, wanted=wanted)
        self._end_activations(connection, key, now)
        return found

    def _end_activations(self, connection: Connection, key: int, now: dt.datetime) -> None:
        standing = (account_activation.c.account == key) & account_activation.c.ended_at.is_(None)
        connection.execute(update(account_activation).where(standing).values(ended_at=now))

    def _insert(self, connection: Connection, business_key: str, account_type: str, now: dt.datetime) -> Account:
        prefix = self._parameters.text(connection, "account_number_prefix")
        values = {
            "business_key": business_key,
            "number": account_number(prefix, next_number(connection, _COUNTER)),
            "account_type": account_type,
            "status": AccountStatus.PENDING_ACTIVATION,
            "opened_at": now,
            "status_changed_at": now,
        }
        return _account(connection.execute(insert(account).values(values).returning(*account.c)).one())

    def _insert_limits(self, connection: Connection, key: int, limits: Mapping[str, object]) -> None:
        amounts = ((period, whole(limits, f"{period}_fen")) for period in LimitPeriod)
        rows = [{"account": key, "period": period, "amount_fen": fen} for period, fen in amounts if fen is not None]
        connection.execute(insert(account_limit), rows)

    def _find(self, connection: Connection, condition: ColumnElement[bool]) -> Account | None:
        row = connection.execute(select(account).where(condition)).first()
        return None if row is None else _account(row)


def _account(row: Row[tuple[object, ...]]) -> Account:
    values = row._asdict()
    return Account(**{**values, "status": AccountStatus(values["status"])})


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
