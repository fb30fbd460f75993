"""What all drivers of a plane that watches a file have in common.

The file is what is written, the processes say what they made of it; both have to agree.
"""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

import yaml

from migrations_app.domain.errors import Conflict, Permanent, SeamError, UnknownOutcome
from migrations_app.domain.finding import Finding
from migrations_app.drivers.base import Observed
from migrations_app.drivers.nodes import Node, everywhere
from migrations_app.drivers.rewrite import as_sed_would, sed
from migrations_app.drivers.standing import amount
from migrations_app.drivers.watched import WatchedFile
from migrations_app.wire.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.drivers.rewrite import Field
    from migrations_app.drivers.standing import Standing

PAUSE = 0.03  # seconds between looks whether it was taken up
SAMPLES = (Decimal(0), Decimal(100), Decimal("12.5"))
N = TypeVar("N", bound=Node)


class FileDriver(ABC, Generic[N]):
    """`nodes` are the processes that watch `file`; `seconds` bound a call, until it is in force."""

    settles = 1  # seconds a person waits before reading back
    lag = 0.0

    def __init__(self, file: str, nodes: Sequence[N], seconds: float) -> None:
        self.file = WatchedFile(file)
        self.nodes = nodes
        self.seconds = seconds

    @abstractmethod
    def cannot(self, weight: Decimal) -> str | None:
        """Why no numbers give this share, or None. No I/O."""

    @abstractmethod
    def fields(self, weight: Decimal) -> list[tuple[Field, str]]:
        """The numbers to be, BLUE's first."""

    @abstractmethod
    def written(self, text: str) -> Standing:
        """What the file says. `Permanent` where it says nothing of this route, or something of
        others."""

    @abstractmethod
    def rewrite(self, text: str, weight: Decimal) -> str:
        """The file as it is to be."""

    @abstractmethod
    def running(self, node: N, deadline: Deadline) -> Standing:
        """What one process has in force."""

    @abstractmethod
    def read_back(self, node: N) -> str:
        """The shell line that shows it."""

    @abstractmethod
    def findings(self, node: N, deadline: Deadline) -> list[Finding]:
        """Everything about one process."""

    def left(self, weight: Decimal, deadline: Deadline) -> int | None:
        """Requests on the side that was left, where that can be told."""
        return None

    def observe(self) -> Observed:
        """GREEN's share by every process, and by the file: while they differ it is nobody's."""
        deadline = Deadline(self.seconds)
        now = self.file.read()
        told = {self.file.name: self._written(now.text)}
        for node, standing in everywhere(self.nodes, self.seconds, self.running).complete():
            told[str(node.address)] = standing
        all_told = amount(told)
        left = self.left(all_told.weight, deadline)
        return Observed(all_told.weight, now.token, all_told.detail, left)

    def apply(self, weight: Decimal, token: str | None) -> None:
        """Replace the file, and wait until every process has taken it up.

        On the way forward whatever belongs to nobody is refused; the way back is only written.
        """
        deadline = Deadline(self.seconds)
        change = partial(self._change, weight=self._possible(weight))
        self._until(weight, self.file.replace(change, token, deadline), deadline)

    def preview(self, weight: Decimal) -> list[str]:
        """Every line of the file that would change."""
        self._possible(weight)
        try:
            old = self.file.read().text
            new = self._change(old, weight)
        except SeamError as error:
            told = [f"{field.key} of {field.name} to {text}" for field, text in self.fields(weight)]
            return [f"{self.file.name}: {', '.join(told)} (now unknown: {error})"]
        lines = enumerate(zip(old.splitlines(), new.splitlines(), strict=True), 1)
        changed = [
            f"{self.file.name}:{number}: {is_.strip()} → {to_be.strip()}"
            for number, (is_, to_be) in lines
            if is_ != to_be
        ]
        return changed or [f"{self.file.name}: nothing changes"]

    def manual_commands(self, weight: Decimal) -> list[str]:
        """One `sed` line, which renames as we do, a pause, and a line per process to read back."""
        told = sed(self.file.name, self.fields(self._possible(weight)))
        return [told, f"sleep {self.settles}", *(self.read_back(node) for node in self.nodes)]

    def check(self) -> list[Finding]:
        """The file, whether it may be replaced, the break-glass line, and every process."""
        told = everywhere(self.nodes, self.seconds, self.findings).complete()
        return [*self._about_file(), *(finding for _, of_node in told for finding in of_node)]

    def _possible(self, weight: Decimal) -> Decimal:
        if why := self.cannot(weight):
            raise Permanent(why)
        return weight

    def _written(self, text: str) -> Standing:
        try:
            return self.written(text)
        except Permanent as error:
            raise Permanent(f"{self.file.name}: {error}") from error

    def _change(self, text: str, weight: Decimal) -> str:
        if weight:
            self._written(text)
        try:
            return self.rewrite(text, weight)
        except Permanent as error:
            raise Permanent(f"{self.file.name}: {error}") from error

    def _until(self, weight: Decimal, token: str, deadline: Deadline) -> None:
        """`UnknownOutcome` says who has not taken it up: the file stands there all the same."""
        missing = "nobody was asked"
        while True:
            try:
                missing = self._missing(weight, deadline)
                if not missing:
                    return
                self._still(token)
                time.sleep(min(PAUSE, deadline.left()))
            except TimeoutError:
                late = f"{self.seconds:g} s later this was not in force"
                raise UnknownOutcome(f"{self.file.name} was written; {late}: {missing}") from None
            except SeamError as error:
                raise UnknownOutcome(f"{self.file.name} was written, but: {error}") from error

    def _missing(self, weight: Decimal, deadline: Deadline) -> str:
        """Who has not taken it up; nothing once all have. What can't be read may be what was
        there before."""
        try:
            told = everywhere(self.nodes, deadline.left(), self.running).complete()
        except Permanent as error:
            return str(error)
        late = [f"{node.address} has {one.detail}" for node, one in told if one.weight != weight]
        return f"{', '.join(late)}." if late else ""

    def _still(self, token: str) -> None:
        if self.file.read().token != token:
            raise Conflict("somebody else wrote to it before it was taken up.")

    def _about_file(self) -> list[Finding]:
        what = f"file {self.file.name}"
        try:
            text = self.file.read().text
            now = self._written(text).detail
        except SeamError as error:
            return [Finding(ok=False, what=what, sentence=str(error))]
        found = [Finding(ok=True, what=what, sentence=f"{self.file.name} says {now}.")]
        return [*found, self._about_directory(), self._about_sed(text)]

    def _about_directory(self) -> Finding:
        directory = str(self.file.path.parent)
        ok = os.access(directory, os.W_OK | os.X_OK)
        sentence = f"Warroom may replace files in {directory}."
        if not ok:
            sentence = f"Warroom's user may not write to {directory}, so nothing can be moved."
        return Finding(ok=ok, what=f"directory {directory}", sentence=sentence)

    def _about_sed(self, text: str) -> Finding:
        """Whether the printed line would do to this file what we would."""
        what = f"break-glass line for {self.file.name}"
        if all(self._same(text, share) for share in SAMPLES if self.cannot(share) is None):
            return Finding(ok=True, what=what, sentence="The break-glass line fits this file.")
        sentence = (
            f"The break-glass line does not fit {self.file.name}: in an emergency a person has to "
            "edit it. Write the number after the name, bare, and give this route a file of its own."
        )
        return Finding(ok=False, what=what, sentence=sentence)

    def _same(self, text: str, weight: Decimal) -> bool:
        try:
            typed = as_sed_would(text, self.fields(weight))
            return _but_version(typed) == _but_version(self.rewrite(text, weight))
        except (Permanent, yaml.YAMLError):
            return False


def _but_version(text: str) -> object:
    """What it says, whatever it calls itself."""
    told = yaml.safe_load(text)
    return {**told, "version_info": None} if isinstance(told, dict) else told
