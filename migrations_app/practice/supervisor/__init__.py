"""Starts processes, keeps them running, and leaves none behind, however it ends itself."""

from migrations_app.practice.supervisor.child import Account, Child, answers
from migrations_app.practice.supervisor.supervisor import Supervisor

__all__ = ["Account", "Child", "Supervisor", "answers"]
