"""A BPMN process engine. It knows no bank: what it must ask one goes through the ports in `engine.model.ports`."""
