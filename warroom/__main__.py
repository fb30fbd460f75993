"""Warroom's command line: `warroom rollback MIGRATION --reason …`, `python -m warroom …`."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Every command of Warroom and of Django, as `manage.py` has them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warroom.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
