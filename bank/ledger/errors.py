"""Refusals of the ledger."""

from __future__ import annotations

from persistence.errors import ErrorKind, KaihuError


class EntryUnbalanced(KaihuError):
    """Debits and credits differ, or one side is missing. Fields: `debit`, `credit`, in fen."""

    code = "entry_unbalanced"
    en = "The entry does not balance: debit {debit}, credit {credit} (fen)."
    zh = "分录借贷不平：借方 {debit} 分，贷方 {credit} 分。"


class AmountOutOfRange(KaihuError):
    """Money is whole fen, more than none and less than the ledger holds. Fields: `field`, `most`, in fen."""

    code = "amount_out_of_range"
    en = "{field}: the amount must be whole fen, from 1 to {most}."
    zh = "{field}：金额须为整数分，且在 1 至 {most} 分之间。"


class BalanceInsufficient(KaihuError):
    """The account holds less than the entry takes. Nothing else is said: the balance is the customer's."""

    code = "balance_insufficient"
    kind = ErrorKind.CONFLICT
    en = "The account's balance is not sufficient."
    zh = "账户余额不足。"


class EntryAlreadyReversed(KaihuError):
    """An entry is reversed once, and a reversal never. Fields: `entry`."""

    code = "entry_already_reversed"
    kind = ErrorKind.CONFLICT
    en = "Entry {entry} has been reversed already, or is a reversal itself."
    zh = "分录 {entry} 已冲正，或其本身即为冲正分录。"


class ReferenceUsedOtherwise(KaihuError):
    """The same reference came with other postings. Fields: `reference`."""

    code = "reference_used_otherwise"
    kind = ErrorKind.CONFLICT
    en = "An entry with other postings stands under this reference already ({reference})."
    zh = "该流水号（{reference}）下已有内容不同的分录。"
