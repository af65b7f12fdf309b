"""Documents for the staff: handed in with a task's form, listed, looked at."""

from web.uploads.views import blueprint

__all__ = ["blueprint"]
