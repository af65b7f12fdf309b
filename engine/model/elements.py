"""What is known of an element of a deployed diagram, without the library that executes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ElementKind(StrEnum):
    """The BPMN element, named as in BPMN 2.0's XML."""

    PROCESS = "process"
    START_EVENT = "startEvent"
    END_EVENT = "endEvent"
    INTERMEDIATE_CATCH_EVENT = "intermediateCatchEvent"
    INTERMEDIATE_THROW_EVENT = "intermediateThrowEvent"
    BOUNDARY_EVENT = "boundaryEvent"
    TASK = "task"
    MANUAL_TASK = "manualTask"
    USER_TASK = "userTask"
    SERVICE_TASK = "serviceTask"
    SEND_TASK = "sendTask"
    RECEIVE_TASK = "receiveTask"
    SCRIPT_TASK = "scriptTask"
    BUSINESS_RULE_TASK = "businessRuleTask"
    SUB_PROCESS = "subProcess"
    CALL_ACTIVITY = "callActivity"
    EXCLUSIVE_GATEWAY = "exclusiveGateway"
    PARALLEL_GATEWAY = "parallelGateway"
    INCLUSIVE_GATEWAY = "inclusiveGateway"
    EVENT_BASED_GATEWAY = "eventBasedGateway"


@dataclass(frozen=True, kw_only=True)
class Element:
    """One flow node of a process, with its texts in both languages and the facts written on the diagram."""

    id: str
    kind: ElementKind
    process_id: str
    name: str = ""
    name_en: str = ""
    documentation: str = ""
    documentation_en: str = ""
    lane: str = ""
    form_id: str | None = None
    job_type: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    """`zeebe:properties`: controlPoint, standardRef, riskNote, sla, excludes, excludesCase, qualification, waiver, …"""

    @property
    def excludes(self) -> tuple[str, ...]:
        """Ids of elements whose performers may not perform this one (segregation of duties)."""
        return tuple(part.strip() for part in self.properties.get("excludes", "").split(",") if part.strip())

    @property
    def excludes_case(self) -> str | None:
        """The variable with the business keys of cases whose performers may not perform this one, if any."""
        return self.properties.get("excludesCase")

    @property
    def waiver(self) -> str | None:
        """The FEEL context whose entries stand in for this one's result when it is waived; None: it cannot be."""
        return self.properties.get("waiver")

    @property
    def qualification(self) -> str | None:
        """The id of the qualification that whoever performs this one must hold, if any."""
        return self.properties.get("qualification")


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One sequence flow."""

    id: str
    process_id: str
    source: str
    target: str
    name: str = ""
    name_en: str = ""
