"""The few words the page itself says around a form's fields, Chinese and English."""

from __future__ import annotations

_WORDS = {
    "summary": ("请更正以下内容，尚未保存：", "Please correct the following; nothing has been saved yet:"),
    "required": ("必填", "required"),
    "choose": ("请选择", "Please choose"),
    "add_row": ("添加一行", "Add a row"),
    "remove_row": ("删除第 {number} 行", "Remove row {number}"),
    "row": ("第 {number} 行", "Row {number}"),
    "no_rows": ("尚未添加。", "None yet."),
    "refresh": ("按所选内容更新表单", "Update the form for this choice"),
    "norm": ("依据：", "Basis: "),
    "none": ("无", "None"),
    "yes": ("是", "Yes"),
    "no": ("否", "No"),
    "attached": ("已上传", "Attached"),
    "detach": ("移除", "Remove"),
    "attach": ("或选用已收到的文件", "Or use one already received"),
    "new_tab": ("（在新标签页打开）", " (opens in a new tab)"),
}


def word(key: str, language: str, number: int = 0) -> str:
    """The word or sentence `key` for a reader of `language`."""
    zh, en = _WORDS[key]
    return (zh if language.startswith("zh") else en).replace("{number}", str(number))
