"""How each BPMN element behaves: one spec class per kind, over SpiffWorkflow's."""

from __future__ import annotations
