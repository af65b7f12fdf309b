"""Limits that the law sets by class of account; no approval goes beyond them (银发〔2016〕302号, 银发〔2018〕16号)."""

from __future__ import annotations

from dataclasses import dataclass

from bank.parameters import ParameterSet


@dataclass(frozen=True, kw_only=True)
class Statutory:
    """What the law says of one class; None where it says nothing. Fen."""

    daily_fen: int | None = None
    yearly_fen: int | None = None
    balance_fen: int | None = None
    daily_in_fen: int | None = None
    yearly_in_fen: int | None = None
    bound_exempt: bool = False
    """Whether payments to the bound account do not count."""

    @property
    def limits_payments(self) -> bool:
        """Whether it limits what is paid out."""
        return self.daily_fen is not None or self.yearly_fen is not None


def statutory_of(parameters: ParameterSet, account_type: str) -> Statutory:
    """The statutory limits of a type of account (a code of `account_types.json`)."""
    if account_type == "class_2":
        return Statutory(
            daily_fen=parameters.integer("class_2_daily_fen"),
            yearly_fen=parameters.integer("class_2_yearly_fen"),
            bound_exempt=True,
        )
    if account_type == "class_3":
        return Statutory(
            daily_fen=parameters.integer("class_3_daily_fen"),
            yearly_fen=parameters.integer("class_3_yearly_fen"),
            balance_fen=parameters.integer("class_3_balance_fen"),
            daily_in_fen=parameters.integer("class_3_daily_in_fen"),
            yearly_in_fen=parameters.integer("class_3_yearly_in_fen"),
        )
    return Statutory()
