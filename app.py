"""Puts the parts together; no logic of its own."""

from __future__ import annotations

from cli.main import command_line


def main() -> None:
    """The `kaihu` command."""
    command_line()()


if __name__ == "__main__":
    main()
