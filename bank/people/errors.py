"""Refusals about people, logins and roles."""

from __future__ import annotations

from persistence.errors import ErrorKind, KaihuError


class SignInRefused(KaihuError):
    """Unknown login or wrong password; which of the two is not said."""

    code = "sign_in_refused"
    kind = ErrorKind.FORBIDDEN
    en = "The login name or the password is wrong."
    zh = "用户名或密码不正确。"


class SignInLocked(KaihuError):
    """Too many failed attempts. Fields: `minutes` until the next try is possible."""

    code = "sign_in_locked"
    kind = ErrorKind.FORBIDDEN
    en = "Too many failed attempts. This login is locked; try again in {minutes} minute(s)."
    zh = "连续登录失败次数过多，该用户已暂时锁定，请在 {minutes} 分钟后再试。"


class SignInDisabled(KaihuError):
    """The password is right, but the login is disabled or the person has left."""

    code = "sign_in_disabled"
    kind = ErrorKind.FORBIDDEN
    en = "This login has been disabled. Please ask an administrator."
    zh = "该用户已停用，请联系系统管理员。"


class CurrentPasswordWrong(SignInRefused):
    """Somebody who is signed in gave a wrong password where the present one was asked for."""

    code = "current_password_wrong"
    en = "The current password is wrong."
    zh = "当前密码不正确。"


class PasswordTooWeak(KaihuError):
    """The new password breaks the bank's rule. Fields: `minimum` length."""

    code = "password_too_weak"
    en = "A password needs at least {minimum} characters, must not contain the login name and must be new."
    zh = "密码至少 {minimum} 个字符，不得包含用户名，也不得与原密码相同。"


class LoginNameTaken(KaihuError):
    """Another login has this name."""

    code = "login_name_taken"
    kind = ErrorKind.CONFLICT
    en = "This login name is already in use."
    zh = "该用户名已被使用。"


class RoleUnknown(KaihuError):
    """No such role. Fields: `role`."""

    code = "role_unknown"
    en = "There is no role {role}."
    zh = "没有该岗位：{role}。"


class RoleNotForStaff(KaihuError):
    """A role of the customer's people cannot be granted to staff. Fields: `role`."""

    code = "role_not_for_staff"
    en = "The role {role} belongs to the customer and cannot be granted to staff."
    zh = "岗位 {role} 属于客户方，不能授予行内人员。"


class OwnLoginRefused(KaihuError):
    """An administrator resets or bars other people's logins; the last one must not shut the door behind them."""

    code = "own_login_refused"
    kind = ErrorKind.FORBIDDEN
    en = "This login is your own; another administrator must change it."
    zh = "不得变更本人的登录名，须由另一名系统管理员办理。"


class SelfGrantRefused(KaihuError):
    """Nobody changes their own roles (R082, R083)."""

    code = "self_grant_refused"
    kind = ErrorKind.FORBIDDEN
    en = "You cannot change your own roles; another administrator must do so."
    zh = "不得变更本人的岗位权限，须由另一名系统管理员办理。"
