"""What the form says about a wrong value, once per reason, in both languages."""

from __future__ import annotations

from engine.forms.components import Caption
from engine.forms.errors import FieldError

_MESSAGES: dict[str, tuple[str, str]] = {
    "required": ("Please fill in this field.", "请填写此项。"),
    "choice_required": ("Please choose one.", "请选择一项。"),
    "must_be_checked": ("Please tick this box to go on.", "请勾选后继续。"),
    "all_must_be_checked": ("Every item must be ticked.", "须逐项勾选。"),
    "file_required": ("Please attach the document.", "请上传文件。"),
    "not_text": ("Please enter text.", "请输入文本。"),
    "control_character": ("The text contains characters that cannot be printed.", "文本含有不可显示的字符。"),
    "too_short": ("Please enter at least {limit} characters.", "请至少输入 {limit} 个字符。"),
    "too_long": ("Please enter at most {limit} characters.", "最多可输入 {limit} 个字符。"),
    "pattern": ("The format is not right.", "格式不正确。"),
    "not_an_email": (
        "Please enter an e-mail address such as name@example.com.",
        "请输入电子邮箱，例如 name@example.com。",
    ),
    "not_a_phone": (
        "Please enter a phone number: digits, blanks, + and -.",
        "请输入电话号码，仅限数字、空格、+ 和 -。",
    ),
    "not_a_number": ("Please enter a number.", "请输入数字。"),
    "too_many_decimals": ("At most {limit} decimal places.", "小数位数不得超过 {limit} 位。"),
    "too_small": ("The value must be at least {limit}.", "不得小于 {limit}。"),
    "too_large": ("The value must be at most {limit}.", "不得大于 {limit}。"),
    "not_a_date": ("Please enter a date as YYYY-MM-DD.", "请按 年-月-日（YYYY-MM-DD）输入日期。"),
    "too_early": ("The date must not be before {limit}.", "日期不得早于 {limit}。"),
    "too_late": ("The date must not be after {limit}.", "日期不得晚于 {limit}。"),
    "not_a_boolean": ("Please tick the box or leave it empty.", "请勾选或留空。"),
    "not_an_option": ("Please choose one of the listed values.", "请从所列选项中选择。"),
    "not_a_list": ("A list of values is expected here.", "此处应为列表。"),
    "not_a_context": ("A group of fields is expected here.", "此处应为一组字段。"),
    "not_a_document": ("The document could not be recognised; attach it again.", "无法识别该文件，请重新上传。"),
    "too_many_files": ("At most {limit} document(s) can be attached.", "最多可上传 {limit} 个文件。"),
    "too_few_rows": ("At least {limit} row(s) are needed.", "至少需要 {limit} 行。"),
    "too_many_rows": ("At most {limit} rows are possible.", "最多 {limit} 行。"),
    "rows_are_fixed": ("Rows cannot be added or removed here.", "此处不能增减行。"),
    "unknown_field": ("The form has no such field.", "表单中没有此字段。"),
}


def field_error(code: str, limit: object = "", hint: Caption | None = None) -> FieldError:
    """The error `code`; `hint` says it in the form author's words."""
    en, zh = _MESSAGES[code]
    if hint:
        en, zh = hint.text("en"), hint.text("zh")
    return FieldError(code, en.replace("{limit}", str(limit)), zh.replace("{limit}", str(limit)))
