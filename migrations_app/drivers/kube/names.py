"""Names as Kubernetes allows them: none can leave a path, a patch or a command it is put into."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from migrations_app.domain.plan.base import wrong

LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
_LABEL = re.compile(LABEL)
_DOTTED = re.compile(rf"(?=.{{1,253}}\Z){LABEL}(?:\.{LABEL})*")
_VALUE = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_KEY = re.compile(rf"(?:(?=.{{1,253}}/){LABEL}(?:\.{LABEL})*/)?{_VALUE.pattern}")


def is_label(text: str) -> bool:
    """Whether it can name a namespace, a Service or a subset."""
    return _LABEL.fullmatch(text) is not None


def is_dotted(text: str) -> bool:
    """Whether it can name any other object, or a host."""
    return _DOTTED.fullmatch(text) is not None


def _label(text: str) -> str:
    if not is_label(text):
        raise wrong(f"is a name of small letters, digits and -, at most 63 of them, not {text!r}")
    return text


def _dotted(text: str) -> str:
    if not is_dotted(text):
        raise wrong(f"is a name of small letters, digits, - and ., as in Kubernetes, not {text!r}")
    return text


def _key(text: str) -> str:
    if not _KEY.fullmatch(text):
        raise wrong(f'is the key of a label, such as "version" or "example.com/side", not {text!r}')
    return text


def _value(text: str) -> str:
    if not _VALUE.fullmatch(text):
        raise wrong(f"is the value of a label: letters, digits and - _ ., not {text!r}")
    return text


Label = Annotated[str, AfterValidator(_label)]  # a namespace, a Service, a subset
Dotted = Annotated[str, AfterValidator(_dotted)]  # any other object's name, a host name
LabelKey = Annotated[str, AfterValidator(_key)]
LabelValue = Annotated[str, AfterValidator(_value)]
