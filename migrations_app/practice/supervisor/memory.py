"""How much memory a family of processes takes. Linux: it reads /proc."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes. `rss` counts shared pages once per process, `pss` once altogether."""

    rss: int = 0
    pss: int = 0

    def __add__(self, other: Memory) -> Memory:
        return Memory(self.rss + other.rss, self.pss + other.pss)


def family(pid: int) -> list[int]:
    """`pid` and everything that descends from it, as of now."""
    children = _children()
    found, queue = [], [pid]
    while queue:
        found.append(queue.pop())
        queue.extend(children.get(found[-1], ()))
    return found


def of_family(pid: int) -> Memory:
    """What `pid` and its descendants take together; a process that ends meanwhile counts 0."""
    return sum(map(of_process, family(pid)), Memory())


def of_process(pid: int) -> Memory:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return Memory()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return Memory(kilobytes.get("Rss", 0) * 1024, kilobytes.get("Pss", 0) * 1024)


def _children() -> dict[int, list[int]]:
    children: dict[int, list[int]] = defaultdict(list)
    for entry in filter(str.isdigit, os.listdir(PROC)):
        parent = _parent(entry)
        if parent is not None:
            children[parent].append(int(entry))
    return children


def _parent(entry: str) -> int | None:
    try:
        return int((PROC / entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None
