"""The same graph as a flow of viewflow; checks and scripts are functions, human tasks are views."""

from django.views.generic import View
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.models import Process

APPLICANT = "application"


class CaseFlow(flow.Flow):
    """The same graph."""

    process_class = Process

    begin = flow.StartHandle(this.take_in).Next(this.enter)
    enter = flow.View(View.as_view()).Assign(username="clerk").Next(this.register)
    register = flow.Function(this.run_check).Next(this.check)
    check = flow.Function(this.run_check).Next(this.fork)
    fork = flow.Split().Next(this.screen).Next(this.owners)
    screen = flow.Function(this.run_check).Next(this.join)
    owners = flow.Function(this.run_check).Next(this.join)
    join = flow.Join().Next(this.review)
    review = flow.View(View.as_view()).Assign(username="clerk").Next(this.rate)
    rate = flow.Function(this.run_script).Next(this.band)
    band = flow.If(lambda activation: activation.process.data["risk"] > 100).Then(this.fast_lane).Else(this.approve)
    approve = flow.View(View.as_view()).Assign(username="clerk").Next(this.limits)
    fast_lane = flow.Function(this.run_script).Next(this.limits)
    limits = flow.Function(this.run_check).Next(this.open)
    open = flow.Function(this.run_check).Next(this.record)
    record = flow.Function(this.run_script).Next(this.finish)
    finish = flow.End()

    def take_in(self, activation, data):
        """The application."""
        activation.process.data = data

    def run_check(self, activation):
        """As ours: how many owners there are."""
        owners = activation.process.data[APPLICANT]["owners"]
        activation.process.data[activation.flow_task.name] = {"owners": len(owners), "passed": True}
        activation.process.save()

    def run_script(self, activation):
        """A word."""
        activation.process.data[activation.flow_task.name] = "done"
        activation.process.save()
