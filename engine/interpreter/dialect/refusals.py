"""What is not carried out, why, and what to draw instead, in both languages.

SpiffWorkflow runs many of these wrongly without a word, so each is refused at deployment with the
element named.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.model.errors import Problem


@dataclass(frozen=True)
class Refusal:
    """One reason with its remedy."""

    en: str
    zh: str
    remedy_en: str
    remedy_zh: str


_JOB = ("Draw a service task with a job type.", "请改用带作业类型的服务任务。")
_MESSAGE = ("Use a message and its correlation key.", "请改用消息及其关联键。")

_CHOREOGRAPHY = Refusal("Choreographies are not executed.", "编排图不可执行。", "Draw a process.", "请绘制流程。")

ELEMENTS = {
    "complexGateway": Refusal(
        "Complex gateways are not supported.", "不支持复杂网关。",
        "Use exclusive, inclusive and parallel gateways.", "请组合使用排他、包容与并行网关。"),
    "adHocSubProcess": Refusal(
        "Ad hoc sub-processes are not supported.", "不支持临时（ad hoc）子流程。",
        "Draw the possible orders with gateways, or a parallel sub-process.", "请用网关或并行子流程画出可能的次序。"),
    "transaction": Refusal(
        "Transactions are not supported.", "不支持事务子流程。",
        "Draw a sub-process with error boundary events.", "请改用带错误边界事件的子流程。"),
    "subChoreography": _CHOREOGRAPHY,
    "callChoreography": _CHOREOGRAPHY,
    "choreographyTask": _CHOREOGRAPHY,
    "implicitThrowEvent": Refusal(
        "Implicit throw events are not supported.", "不支持隐式抛出事件。", "Draw an end event.", "请改用结束事件。"),
    "ioSpecification": Refusal(
        "Input and output specifications would have no effect.", "输入输出规范不会生效。",
        "Use input and output mappings.", "请改用输入输出映射。"),
    "standardLoopCharacteristics": Refusal(
        "Loop markers are not supported.", "不支持循环标记。",
        "Draw the loop with an exclusive gateway.", "请用排他网关画出回路。"),
    "script": Refusal(
        "Scripts in programming languages are never run.", "不执行任何编程语言脚本。",
        "Write a FEEL expression in zeebe:script.", "请在 zeebe:script 中书写 FEEL 表达式。"),
    "auditing": Refusal("Auditing elements have no effect.", "auditing 元素不会生效。", "Remove it.", "请删除。"),
    "monitoring": Refusal("Monitoring elements have no effect.", "monitoring 元素不会生效。", "Remove it.", "请删除。"),
    "potentialOwner": Refusal(
        "Potential owners would have no effect.", "potentialOwner 不会生效。",
        "Use candidate groups.", "请改用候选组。"),
    "humanPerformer": Refusal(
        "Human performers would have no effect.", "humanPerformer 不会生效。", "Use the assignee.", "请改用办理人。"),
    "performer": Refusal(
        "Performers would have no effect.", "performer 不会生效。", "Use the assignee.", "请改用办理人。"),
    "resourceRole": Refusal(
        "Resource roles would have no effect.", "resourceRole 不会生效。", "Use candidate groups.", "请改用候选组。"),
}  # fmt: skip

EVENTS = {
    "signalEventDefinition": Refusal("Signals are not supported.", "不支持信号事件。", *_MESSAGE),
    "escalationEventDefinition": Refusal(
        "Escalations are not supported.", "不支持升级事件。",
        "Use a non-interrupting timer, or an error.", "请改用非中断定时器或错误事件。"),
    "conditionalEventDefinition": Refusal(
        "Conditional events are not supported.", "不支持条件事件。",
        "Use a gateway, or a message when the condition becomes true.", "请改用网关，或在条件成立时发送消息。"),
    "compensateEventDefinition": Refusal(
        "Compensation is not supported.", "不支持补偿事件。",
        "Draw the reversing tasks after an error boundary event.", "请在错误边界事件之后画出冲正任务。"),
    "linkEventDefinition": Refusal(
        "Link events are not supported.", "不支持链接事件。", "Draw a sequence flow.", "请改用顺序流。"),
    "cancelEventDefinition": Refusal(
        "Cancel events are not supported.", "不支持取消事件。", "Use an error event.", "请改用错误事件。"),
    "eventDefinitionRef": Refusal(
        "Shared event definitions are not supported.", "不支持共享的事件定义。",
        "Put the definition into the event.", "请将定义写入事件本身。"),
}  # fmt: skip

SEVERAL_EVENTS = Refusal(
    "An event with several definitions is not supported.",
    "不支持含多个定义的事件。",
    "Draw one event per definition.",
    "请为每个定义绘制一个事件。",
)
EVENT_SUBPROCESS = Refusal(
    "Event sub-processes are not supported.",
    "不支持事件子流程。",
    "Use a boundary event on a sub-process around these elements.",
    "请在外层子流程上使用边界事件。",
)
COMPENSATION = Refusal(
    "Compensation activities are not supported.",
    "不支持补偿活动。",
    "Draw the reversing tasks after an error boundary event.",
    "请在错误边界事件之后画出冲正任务。",
)
QUANTITIES = Refusal(
    "Start and completion quantities other than 1 are not supported.",
    "不支持 1 以外的启动或完成数量。",
    "Use a multi-instance activity.",
    "请改用多实例活动。",
)
INSTANTIATE = Refusal(
    "Tasks and gateways cannot start a process.",
    "任务或网关不能启动流程。",
    "Use a message start event.",
    "请改用消息开始事件。",
)
MULTI_INSTANCE_BEHAVIOUR = Refusal(
    "Only multi-instance behaviour All is supported.",
    "多实例仅支持 behavior=All。",
    "Remove the behavior attribute.",
    "请删除 behavior 属性。",
)
CARDINALITY = Refusal(
    "Multi-instance by cardinality or data reference is not supported.",
    "不支持按基数或数据引用的多实例。",
    "Give an input collection, such as =for i in 1..3 return i.",
    "请给出输入集合，例如 =for i in 1..3 return i。",
)
NO_COLLECTION = Refusal(
    "A multi-instance activity needs an input collection.",
    "多实例活动需要输入集合。",
    "Set inputCollection to an expression that gives a list.",
    "请将 inputCollection 设为得到列表的表达式。",
)
OUTPUT_PAIR = Refusal(
    "Output collection and output element go together.",
    "输出集合与输出元素须同时给出。",
    "Give both or none.",
    "请同时填写或同时留空。",
)
NESTED_LANES = Refusal(
    "Lanes within lanes are not supported.",
    "不支持嵌套泳道。",
    "Draw the inner lanes side by side.",
    "请将内层泳道并列绘制。",
)
TWO_LANES = Refusal(
    "The element is in two lanes.", "该元素同时位于两个泳道。", "Put it into one.", "请只放入一个泳道。"
)
CONDITION_ON_ACTIVITY = Refusal(
    "Conditions take effect only on flows that leave an exclusive or inclusive gateway.",
    "条件仅在排他或包容网关的流出线上生效。",
    "Put a gateway behind the activity.",
    "请在活动后放置网关。",
)
DEFAULT_ON_ACTIVITY = Refusal(
    "A default flow takes effect only at an exclusive or inclusive gateway.",
    "默认流仅在排他或包容网关上生效。",
    "Put a gateway behind the element.",
    "请在元素后放置网关。",
)
CONDITION_MISSING = Refusal(
    "A gateway with several outgoing flows needs a condition on each but the default one.",
    "有多条流出线的网关，除默认流外每条都须有条件。",
    "Write a condition, or make the flow the default.",
    "请填写条件，或设为默认流。",
)
CONDITION_ON_DEFAULT = Refusal(
    "The condition of a default flow would be ignored.",
    "默认流上的条件会被忽略。",
    "Remove the condition.",
    "请删除条件。",
)
CONDITION_NOT_EXPRESSION = Refusal(
    "The condition is not an expression.",
    "条件不是表达式。",
    "Begin it with = and write FEEL.",
    "请以 = 开头书写 FEEL。",
)
FLOW_ENDS = Refusal(
    "The sequence flow does not connect two elements of the same process or sub-process.",
    "顺序流未连接同一流程或子流程内的两个元素。",
    "Draw it again.",
    "请重新绘制。",
)
FLOW_DIRECTION = Refusal(
    "Sequence flows cannot enter start and boundary events or leave end events.",
    "顺序流不能进入开始事件、边界事件，也不能离开结束事件。",
    "Draw it the other way round.",
    "请调整方向。",
)
UNREACHABLE = Refusal(
    "Nothing leads to the element, so it would never be reached.",
    "没有流向指向该元素，永远不会执行。",
    "Connect it or remove it.",
    "请连接或删除。",
)
NO_START = Refusal("The process has no start event.", "流程没有开始事件。", "Draw one.", "请绘制开始事件。")
PLAIN_STARTS = Refusal(
    "There may be only one plain start event; a sub-process needs exactly one and no other.",
    "空开始事件只能有一个；子流程须有且仅有一个空开始事件。",
    "Keep one start event without a symbol.",
    "请只保留一个无图标的开始事件。",
)
START_EVENT = Refusal(
    "Only plain, message and timer start events are supported.",
    "仅支持空开始事件、消息开始事件与定时开始事件。",
    "Start the case by command, by a message or by a timer.",
    "请通过命令、消息或定时器启动案件。",
)
TIMER_START = Refusal(
    "A start timer needs a date or a cycle: there is nothing yet for a duration to count from.",
    "定时开始事件须指定日期或周期：时长没有起算点。",
    "Give it a date, or a cycle such as R/2026-01-05T08:00:00+08:00/P1D.",
    "请填写日期，或如 R/2026-01-05T08:00:00+08:00/P1D 的周期。",
)
THROW_EVENT = Refusal("The event would throw nothing.", "该事件不会抛出任何内容。", *_JOB)
CATCH_EVENT = Refusal(
    "An intermediate catch event needs a timer or a message.",
    "中间捕获事件须为定时器或消息。",
    "Give it one of the two.",
    "请二选一。",
)
BOUNDARY_EVENT = Refusal(
    "A boundary event needs a timer, a message or an error.",
    "边界事件须为定时器、消息或错误。",
    "Give it one of the three.",
    "请三选一。",
)
ERROR_INTERRUPTS = Refusal(
    "An error always interrupts its activity.",
    "错误事件总是中断活动。",
    "Make the boundary event interrupting.",
    "请设为中断型边界事件。",
)
ERROR_TWICE = Refusal(
    "Two boundary events of the activity catch the same error.",
    "同一活动上有两个边界事件捕获相同错误。",
    "Remove one.",
    "请删除其一。",
)
ERROR_CODE = Refusal(
    "The error has no fixed code.",
    "错误没有固定代码。",
    "Reference an error with an errorCode that is text.",
    "请引用带文本 errorCode 的错误。",
)
ATTACHED_TO = Refusal(
    "The boundary event is not attached to an activity of its process.",
    "边界事件未附着于同一流程内的活动。",
    "Attach it to a task, sub-process or call activity.",
    "请附着于任务、子流程或调用活动。",
)
TIMER_KIND = Refusal(
    "A timer needs exactly one of date, duration and cycle.",
    "定时器须且只须指定日期、时长或周期之一。",
    "Give it one.",
    "请填写其一。",
)
TIMER_CYCLE = Refusal(
    "A cycle is supported only on a start event and on a non-interrupting boundary event.",
    "周期定时仅支持开始事件与非中断边界事件。",
    "Use a duration, or draw a loop.",
    "请改用时长，或画出回路。",
)
MESSAGE_MISSING = Refusal(
    "No message with a name is referenced.",
    "未引用有名称的消息。",
    "Reference a message; otherwise the element would pass at once.",
    "请引用消息，否则会立即通过。",
)
CORRELATION_KEY = Refusal(
    "The message has no correlation key.",
    "消息没有关联键。",
    "Set zeebe:subscription correlationKey, such as =business_key.",
    "请设置 zeebe:subscription 的 correlationKey，例如 =business_key。",
)
EVENT_GATEWAY = Refusal(
    "An event-based gateway needs two or more flows, each to a timer or message event of its own.",
    "事件网关须有两条以上流出线，且各自指向独立的定时器或消息事件。",
    "Put one catch event on each flow, without boundary events or other incoming flows.",
    "请在每条线上放置一个捕获事件，且其不得有边界事件或其他流入线。",
)
EVENT_GATEWAY_PARALLEL = Refusal(
    "Parallel event-based gateways are not supported.",
    "不支持并行事件网关。",
    "Use a parallel gateway before the events.",
    "请在事件前使用并行网关。",
)
NO_JOB_TYPE = Refusal(
    "The task has no job type, so no worker would do it.",
    "任务没有作业类型，无人执行。",
    "Set zeebe:taskDefinition type.",
    "请设置 zeebe:taskDefinition 的 type。",
)
NO_SCRIPT = Refusal(
    "The script task has neither zeebe:script nor a job type.",
    "脚本任务既无 zeebe:script 也无作业类型。",
    "Write an expression and a result variable.",
    "请填写表达式与结果变量。",
)
NO_DECISION = Refusal(
    "The business rule task has neither a fixed decision id with a result variable nor a job type.",
    "业务规则任务既无固定的决策编号与结果变量，也无作业类型。",
    "Set zeebe:calledDecision.",
    "请设置 zeebe:calledDecision。",
)
NO_CALLEE = Refusal(
    "The call activity names no fixed process.",
    "调用活动未指定固定流程。",
    "Set zeebe:calledElement processId.",
    "请设置 zeebe:calledElement 的 processId。",
)
VERSION_BINDING = Refusal(
    "Binding to a version tag is not supported.",
    "不支持按版本标签绑定。",
    "A case keeps what was deployed with it; remove the binding.",
    "案件始终使用同批部署的版本，请删除绑定。",
)
FORM_KEY = Refusal(
    "Only forms by form id are supported.",
    "仅支持以表单编号引用表单。",
    "Set zeebe:formDefinition formId.",
    "请设置 zeebe:formDefinition 的 formId。",
)
MAPPING_TARGET = Refusal(
    "The target of a mapping is not a variable name.",
    "映射目标不是变量名。",
    "Use a name, or names with dots.",
    "请使用名称或以点分隔的名称。",
)
DATA_ASSOCIATION = Refusal(
    "Transformations and assignments of data associations would have no effect.",
    "数据关联中的转换与赋值不会生效。",
    "Use input and output mappings.",
    "请改用输入输出映射。",
)
NOTHING_EXECUTABLE = Refusal(
    "The diagram holds no executable process.",
    "图中没有可执行的流程。",
    "Set isExecutable on the process to run.",
    "请将要执行的流程设为可执行。",
)
CAMUNDA_SEVEN = Refusal(
    "Attributes and extensions of Camunda 7 would have no effect.",
    "Camunda 7 的属性与扩展不会生效。",
    "Convert the diagram to Camunda 8.",
    "请将流程图转换为 Camunda 8 格式。",
)


def foreign_language(language: str) -> Refusal:
    """An expression in another language than FEEL (DMN 1.5, clause 10)."""
    return Refusal(
        f"The expression language {language[:60]} is not supported.",
        f"不支持表达式语言 {language[:60]}。",
        "Write the expression in FEEL and remove the language.",
        "请改用 FEEL 书写表达式，并删除语言声明。",
    )


def unknown_element(name: str) -> Refusal:
    """For an element that BPMN knows and we do not carry out."""
    return Refusal(f"The element {name} is not supported here.", f"此处不支持元素 {name}。", "Remove it.", "请删除。")


def unknown_extension(name: str) -> Refusal:
    """For a Zeebe extension that has no effect at this element."""
    return Refusal(
        f"The extension zeebe:{name} is not supported at this element.",
        f"此元素不支持扩展 zeebe:{name}。",
        "Remove it.",
        "请删除。",
    )


def problem(element: str, refusal: Refusal) -> Problem:
    """The refusal of one element."""
    return Problem(
        element=element,
        reason_en=refusal.en,
        reason_zh=refusal.zh,
        remedy_en=refusal.remedy_en,
        remedy_zh=refusal.remedy_zh,
    )
