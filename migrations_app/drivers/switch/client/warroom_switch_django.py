"""The hook as a Django view. Copy this file or import it.

urlpatterns = [path("warroom/switches/<str:switch>", hook_view(hook))]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Hook(Protocol):
    def answer(
        self, method: str, switch: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes]: ...


def hook_view(hook: Hook) -> Callable[..., HttpResponse]:
    """No session and no CSRF token: the signature is what lets Warroom in."""

    @csrf_exempt
    def view(request: HttpRequest, switch: str) -> HttpResponse:
        headers = {name.lower(): text for name, text in request.headers.items()}
        status, body = hook.answer(request.method or "", switch, headers, request.body)
        answer = HttpResponse(body, status=status, content_type="application/json")
        answer["cache-control"] = "no-store"
        return answer

    return view
