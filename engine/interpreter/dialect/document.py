"""BPMN XML, read without document types, entities or the network, and checked against BPMN 2.0's schema."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import SpiffWorkflow.bpmn.parser as spiff_parser
from lxml import etree

from engine.interpreter.errors import DiagramRefused
from engine.model.errors import Problem

MAX_BYTES = 5 * 1024 * 1024
"""The largest public BPMN examples are a tenth of this."""
MAX_DEPTH = 64
"""XML elements within each other; ten nested sub-processes need half."""
MAX_SHOWN = 20
"""Schema violations told at once: the later ones mostly follow from the first."""

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
CAMUNDA_7 = "http://camunda.org/schema/1.0/bpmn"
Xml = etree._Element
_VALIDATING = Lock()
"""A schema keeps the errors of its last validation."""


def read_definitions(xml: bytes, resource: str) -> Xml:
    """The `definitions` element. Raises DiagramRefused for anything but well-formed, plain, valid BPMN."""
    if len(xml) > MAX_BYTES:
        raise _refusal(resource, f"The file is larger than {MAX_BYTES} bytes.", f"文件超过 {MAX_BYTES} 字节。")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise _refusal(
            resource, f"It is not well-formed XML (line {line}).", f"XML 格式不正确（第 {line} 行）。"
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refusal(resource, "Document types are not allowed.", "不允许使用文档类型声明（DTD）。")
    if root.tag != f"{{{BPMN}}}definitions":
        raise _refusal(resource, "It is not a BPMN 2.0 diagram.", "不是 BPMN 2.0 流程图。")
    if _deeper_than(root, MAX_DEPTH):
        raise _refusal(resource, "Its elements are nested too deeply.", "元素嵌套过深。")
    _validate(root, resource)
    return root


def _refusal(resource: str, en: str, zh: str) -> DiagramRefused:
    problem = Problem(
        element=resource,
        reason_en=en,
        reason_zh=zh,
        remedy_en="Save the diagram again with a BPMN modeller.",
        remedy_zh="请用 BPMN 建模工具重新保存。",
    )
    return DiagramRefused(resource, [problem])


def _deeper_than(root: Xml, limit: int) -> bool:
    level = [root]
    for _ in range(limit):
        level = [child for element in level for child in element]
        if not level:
            return False
    return True


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    folder = Path(str(spiff_parser.__file__)).parent / "schema"
    return etree.XMLSchema(etree.parse(str(folder / "BPMN20.xsd")))


def _validate(root: Xml, resource: str) -> None:
    schema = _schema()
    with _VALIDATING:
        if schema.validate(root):
            return
        violations = _first_violations(schema)
    problems = [
        Problem(
            element=resource,
            reason_en=f"Line {entry.line}: {_plain(entry.message)}",
            reason_zh=f"第 {entry.line} 行不符合 BPMN 2.0 规范：{_plain(entry.message)}",
        )
        for entry in violations
    ]
    raise DiagramRefused(resource, problems)


def _first_violations(schema: etree.XMLSchema) -> list[etree._LogEntry]:
    log: Any = schema.error_log  # the stubs do not know that it is iterable
    return list(log)[:MAX_SHOWN]


def _plain(message: str) -> str:
    return message.replace(f"{{{BPMN}}}", "")


def local_name(element: Xml) -> str:
    """The tag without its namespace."""
    return etree.QName(element).localname


def children(element: Xml, *names: str) -> Iterator[Xml]:
    """Child elements in BPMN's namespace, of the given names or all."""
    return element.iterchildren(*[f"{{{BPMN}}}{name}" for name in names or "*"])


def child(element: Xml, *names: str) -> Xml | None:
    """The first child of one of the names."""
    return next(children(element, *names), None)


def text_of(element: Xml | None) -> str:
    """The stripped text content."""
    return "".join(str(part) for part in element.itertext()).strip() if element is not None else ""


def extensions(element: Xml) -> Iterator[Xml]:
    """What stands in the element's `extensionElements`, of any namespace."""
    for holder in children(element, "extensionElements"):
        yield from holder.iterchildren(etree.Element)


def zeebe(element: Xml, name: str) -> Xml | None:
    """The element's first Zeebe extension of this name."""
    found = (
        item for holder in children(element, "extensionElements") for item in holder.iterchildren(f"{{{ZEEBE}}}{name}")
    )
    return next(found, None)


def reference(text: str | None) -> str:
    """An id from a reference, which may carry a namespace prefix."""
    return (text or "").rpartition(":")[2]
