"""Chaos experiments: a resource of Chaos Mesh, a ChaosResult of Litmus, as kubectl writes them.

Source: Chaos Mesh, "Inspect chaos experiments", `status.conditions` and `status.experiment`;
Litmus, "ChaosResult". `kubectl get … -o json` of one resource, not of a list.
"""

from __future__ import annotations

from migrations_app.domain.evidence.reading import File, parsed
from migrations_app.domain.evidence.report import Report, Unreadable, count, flag, percent


class _Condition(File):
    type: str
    status: str


class _Record(File):
    phase: str = ""


class _Experiment(File):
    containerRecords: tuple[_Record, ...] | None = None


class _MeshStatus(File):
    conditions: tuple[_Condition, ...]
    experiment: _Experiment = _Experiment()


class _Mesh(File):
    apiVersion: str
    status: _MeshStatus


def chaosmesh(body: bytes) -> Report:
    """`selected`, `injected`, `recovered`, `paused` (1 or 0), `targets`, `not_recovered`."""
    found = parsed(_Mesh, body, "one experiment of Chaos Mesh as JSON")
    if not found.apiVersion.startswith("chaos-mesh.org/"):
        raise Unreadable("This is not an experiment of Chaos Mesh.")
    true = {one.type for one in found.status.conditions if one.status == "True"}
    records = found.status.experiment.containerRecords or ()
    return Report({
        "selected": flag("Selected" in true),
        "injected": flag("AllInjected" in true),
        "recovered": flag("AllRecovered" in true),
        "paused": flag("Paused" in true),
        "targets": count(len(records)),
        "not_recovered": count(sum(one.phase.startswith("Injected") for one in records)),
    })  # fmt: skip


class _Verdict(File):
    phase: str = ""
    verdict: str
    probeSuccessPercentage: str | int | float = ""


class _LitmusStatus(File):
    experimentStatus: _Verdict


class _Litmus(File):
    apiVersion: str
    kind: str
    status: _LitmusStatus


def litmus(body: bytes) -> Report:
    """`failed` (1 unless the verdict is Pass) and `probe_success`, once it has ended."""
    found = parsed(_Litmus, body, "one ChaosResult of Litmus as JSON")
    if found.kind != "ChaosResult" or not found.apiVersion.startswith("litmuschaos.io/"):
        raise Unreadable("This is not a ChaosResult of Litmus.")
    verdict = found.status.experimentStatus
    if verdict.verdict == "Awaited":
        raise Unreadable("The experiment has not ended: its verdict is awaited.")
    measures = {"failed": flag(verdict.verdict != "Pass")}
    probes = str(verdict.probeSuccessPercentage)
    if probes.replace(".", "", 1).isdecimal():
        measures["probe_success"] = percent(float(probes))
    return Report(measures)
