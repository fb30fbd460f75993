"""What Slack accepts as buttons, as a form and as an answer, as its reference states it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Json = Mapping[str, Any]

BUTTON = {"type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"}
CONFIRM = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
STYLES = {"primary", "danger"}
VIEW = {"type", "callback_id", "private_metadata", "title", "submit", "close", "blocks",
        "clear_on_close", "notify_on_close", "external_id", "submit_disabled"}  # fmt: skip
INPUT = {"type", "block_id", "label", "element", "hint", "optional", "dispatch_action"}
ANSWER = {"text", "blocks", "response_type", "replace_original", "delete_original", "thread_ts"}


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def action_problems(buttons: Sequence[Any]) -> Iterator[str]:
    """An actions block: 1 to 25 elements, every action_id once."""
    if not 1 <= len(buttons) <= 25:
        yield f"{len(buttons)} elements"
    names = [one.get("action_id") for one in buttons]
    if len(set(names)) != len(names):
        yield f"an action_id twice: {names}"
    for one in buttons:
        yield from _button(one)


def _button(one: Json) -> Iterator[str]:
    if one.get("type") != "button" or set(one) - BUTTON:
        yield f"unknown button {one!r:.200}"
    yield from plain_problems("button", one.get("text"), 75)
    for name, limit in (("value", 2000), ("url", 3000), ("action_id", 255)):
        if units(str(one.get(name, "x"))) > limit or one.get(name) == "":
            yield f"{name} of {units(str(one.get(name)))} characters"
    if "style" in one and one["style"] not in STYLES:
        yield f"style {one['style']}"
    if "confirm" in one:
        yield from _confirm(one["confirm"])


def _confirm(asked: Json) -> Iterator[str]:
    if set(asked) - CONFIRM.keys() - {"style"} or CONFIRM.keys() - set(asked):
        yield f"confirm with {sorted(asked)}"
    for name, limit in CONFIRM.items():
        yield from plain_problems(f"confirm's {name}", asked.get(name), limit)


def plain_problems(what: str, text: object, limit: int) -> Iterator[str]:
    match text:
        case {"type": "plain_text", "text": str(shown)} if 1 <= units(shown) <= limit:
            return
        case _:
            yield f"{what}: {text!r:.200}"


def view_problems(view: Json) -> list[str]:
    """Everything Slack would refuse this modal for. Its sections are for `slack_rules`."""
    found = [f"unknown {name}" for name in set(view) - VIEW]
    if view.get("type") != "modal":
        found.append(f"type {view.get('type')}")
    for name in ("title", "submit", "close"):
        if name == "title" or name in view:
            found += plain_problems(name, view.get(name), 24)
    if units(str(view.get("private_metadata", ""))) > 3000:
        found.append("private_metadata")
    if units(str(view.get("callback_id", ""))) > 255:
        found.append("callback_id")
    inputs = [one for one in view.get("blocks", []) if one.get("type") == "input"]
    if inputs and "submit" not in view:
        found.append("an input without submit")
    return found + [problem for one in inputs for problem in _input(one)]


def _input(block: Json) -> Iterator[str]:
    if set(block) - INPUT:
        yield f"unknown {set(block) - INPUT}"
    yield from plain_problems("label", block.get("label"), 2000)
    element = block.get("element", {})
    if element.get("type") != "plain_text_input" or not 1 <= element.get("max_length", 1) <= 3000:
        yield f"element {element!r:.200}"


def answer_problems(said: Json) -> list[str]:
    """What a response_url refuses."""
    found = [f"unknown {name}" for name in set(said) - ANSWER]
    if not said.get("text") and not said.get("blocks"):
        found.append("no_text")
    if said.get("response_type", "ephemeral") not in {"ephemeral", "in_channel"}:
        found.append("response_type")
    return found
