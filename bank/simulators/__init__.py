"""Local stand-ins for the outside systems, and the two ways letters leave the bank."""

from __future__ import annotations

from pathlib import Path

from bank.screening_list import shipped_list
from bank.simulators.control import SimulatorControl
from bank.simulators.filing import SimulatedFilingOffice
from bank.simulators.ledger import SimulatedCoreLedger
from bank.simulators.mail import FileMail, SmtpMail, SmtpSettings
from bank.simulators.registries import SimulatedEnterpriseRegistry, SimulatedResidentRegistry
from bank.simulators.screening import LocalScreening
from bank.systems import Systems


def build_systems(home: Path, *, smtp_url: str | None = None) -> Systems:
    """All outside systems for one home folder: letters go to `home/outbox`, or by SMTP when a URL is given."""
    control = SimulatorControl(home)
    return Systems(
        residents=SimulatedResidentRegistry(control),
        enterprises=SimulatedEnterpriseRegistry(control),
        screening=LocalScreening(shipped_list, control),
        filing=SimulatedFilingOffice(home, control),
        ledger=SimulatedCoreLedger(home, control),
        mail=SmtpMail(SmtpSettings.from_url(smtp_url), home) if smtp_url else FileMail(home, control),
    )
