"""What stops a change of the bank's numbers."""

from __future__ import annotations

from persistence.errors import ErrorKind, KaihuError


class BasisChanged(KaihuError):
    """Another change was adopted since this one was checked. Fields: `name`, `version`."""

    code = "parameter_basis_changed"
    kind = ErrorKind.CONFLICT
    en = "{name} has been changed meanwhile, in version {version}. Check the effect of this change again."
    zh = "“{name}”已在第 {version} 版中变更，请重新评估本次变更的影响。"


class ParameterValueRefused(KaihuError):
    """A value that is not what the parameter declares. Fields: `name`, `expected`."""

    code = "parameter_value_refused"
    en = "{name} cannot have this value. Expected: {expected}."
    zh = "“{name}”不能取该值，应为：{expected}。"


class ThreePersonsNeeded(KaihuError):
    """Who proposed, who checked and who agreed are not three different persons, or one of them is unknown."""

    code = "three_persons_needed"
    kind = ErrorKind.FORBIDDEN
    en = "A change is proposed, checked and agreed by three different persons. It was not adopted."
    zh = "变更须由三名不同人员分别提出、复核、同意，本次变更未生效。"
