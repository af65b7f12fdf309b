"""The case under viewflow on Django, run by the environment of bench/peers-requirements.txt.

Human tasks are viewflow's views, found in the clerk's list and completed through their activations as its own views do;
checks and scripts are its functions, which run to the next human task in the same transaction: four commits, SQLite in
WAL with synchronous=FULL. Viewflow writes a row per element by itself. Left out: HTTP, permissions, journal.
"""

import json
import secrets
import sys
from types import SimpleNamespace

import django
from django.conf import settings

given = json.loads(sys.stdin.readline())
settings.configure(
    SECRET_KEY=secrets.token_hex(),
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "viewflow",
        "viewflow.workflow",
        "viewflow_case",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": f"{given['folder']}/viewflow.db",
            "OPTIONS": {
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
                "transaction_mode": "IMMEDIATE",
            },
        }
    },
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402  after django.setup()
from django.core.management import call_command  # noqa: E402  after django.setup()
from django.db import transaction  # noqa: E402  after django.setup()
from viewflow.workflow import STATUS  # noqa: E402  after django.setup()
from viewflow.workflow.models import Task  # noqa: E402  after django.setup()
from viewflow_case.flows import APPLICANT, CaseFlow  # noqa: E402  after django.setup()


def run_case():
    """One case from start to end."""
    with transaction.atomic():
        CaseFlow.begin.run(data=given[APPLICANT])
    for _ in range(3):
        (task,) = Task.objects.filter(owner=clerk, status=STATUS.ASSIGNED)
        with transaction.atomic(), task.activation() as activation:
            activation.start(SimpleNamespace(user=clerk))
            activation.execute()


call_command("migrate", verbosity=0)
clerk = User.objects.create_user("clerk")
print("done", flush=True)
for _line in sys.stdin:
    run_case()
    print("done", flush=True)
