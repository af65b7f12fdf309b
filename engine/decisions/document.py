"""DMN XML, read without document types, entities or the network (DMN 1.1 to 1.5)."""

from __future__ import annotations

import io
from collections.abc import Iterator

from lxml import etree

from engine.decisions.errors import DecisionRefused
from engine.model.errors import Problem

MAX_BYTES = 2 * 1024 * 1024
"""A table of a thousand rules and twenty columns is a quarter of this."""

NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
"""Extension elements of Camunda 8; their properties carry the English texts."""
Element = etree._Element

_SAVE = ("Save the model again with a DMN modeller.", "请用 DMN 建模工具重新保存。")


def refusal(resource: str, en: str, zh: str, remedy: tuple[str, str] = _SAVE) -> DecisionRefused:
    """The refusal of a whole file for one reason."""
    problem = Problem(element=resource, reason_en=en, reason_zh=zh, remedy_en=remedy[0], remedy_zh=remedy[1])
    return DecisionRefused(resource, [problem])


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip


def read_definitions(xml: bytes, resource: str) -> Element:
    """The `definitions` element. Raises DecisionRefused for anything but well-formed, plain DMN."""
    if len(xml) > MAX_BYTES:
        raise refusal(
            resource, f"The file is larger than {MAX_BYTES} bytes.", f"文件超过 {MAX_BYTES} 字节。",
            ("Divide the model into several that import each other.", "请将模型拆分为多个文件，并通过导入引用。"),
        )  # fmt: skip
    try:
        root = etree.fromstring(xml, _parser())
    except etree.XMLSyntaxError as error:
        if "depth" in str(error):
            raise refusal(
                resource,
                f"Elements are nested too deeply (line {error.lineno}).",
                f"元素嵌套过深（第 {error.lineno} 行）。",
                ("Divide it into several decisions.", "请拆分为多个决策。"),
            ) from error
        raise refusal(
            resource, f"It is not well-formed XML (line {error.lineno}).", f"XML 格式不正确（第 {error.lineno} 行）。"
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise refusal(resource, "Document types are not allowed.", "不允许使用文档类型声明（DTD）。")
    if local_name(root) != "definitions" or etree.QName(root).namespace not in NAMESPACES:
        raise refusal(resource, "It is not a DMN 1.1 to 1.5 model.", "不是 DMN 1.1 至 1.5 的模型。")
    return root


def namespace_in(xml: bytes) -> str | None:
    """The target namespace of a DMN file, of which only the beginning is read; None when it has none or is no DMN."""
    start = etree.XMLPullParser(events=("start",), resolve_entities=False, no_network=True, load_dtd=False)
    source = io.BytesIO(xml)
    try:
        while chunk := source.read(4_096):
            start.feed(chunk)
            for _, root in start.read_events():
                if not isinstance(root, Element):
                    return None
                is_dmn = local_name(root) == "definitions" and etree.QName(root).namespace in NAMESPACES
                return str(root.get("namespace") or "") or None if is_dmn else None
    except etree.XMLSyntaxError:
        return None
    return None


def local_name(element: Element) -> str:
    """The tag without its namespace."""
    return etree.QName(element).localname


def children(element: Element, *names: str) -> Iterator[Element]:
    """Child elements in a DMN namespace, of the given names or all."""
    for child in element.iterchildren(etree.Element):
        name = etree.QName(child)
        if name.namespace in NAMESPACES and (not names or name.localname in names):
            yield child


def child(element: Element, *names: str) -> Element | None:
    """The first child of one of the names."""
    return next(children(element, *names), None)


def text_in(element: Element | None) -> str:
    """The stripped content of the element's `text` child; empty when there is none."""
    holder = child(element, "text") if element is not None else None
    return (holder.text or "").strip() if holder is not None else ""


def english(element: Element, name: str) -> str:
    """The `zeebe:property` of this name in the extension elements, such as `name_en`; empty when there is none."""
    for extensions in children(element, "extensionElements"):
        for found in extensions.iterfind(f"{{{ZEEBE}}}properties/{{{ZEEBE}}}property"):
            if found.get("name") == name:
                return str(found.get("value", "")).strip()
    return ""
