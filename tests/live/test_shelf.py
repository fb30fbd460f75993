"""The shelf: few questions, the last truth with its age, and no more memory than was granted."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from migrations_app.live import shelf as shelves
from migrations_app.live.mirror import Found, Mirror
from migrations_app.live.shelf import Away
from tests.live.shelves import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from migrations_app.live.shelf import Shelf


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "mirror")


@pytest.fixture
def always_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is at hand was looked at too long ago."""
    monkeypatch.setattr(shelves, "FRESH_S", -1.0)
    monkeypatch.setattr(shelves, "PAUSE_S", -1.0)


def body(shelf: Shelf, key: str = "p-orders", form: str = "") -> str | None:
    page = shelf.fetch(key, form)
    return None if page is None else page[0].body.decode()


def test_who_asks_again_soon_costs_nothing(desk: Desk) -> None:
    desk.publish("p-orders", "calm")
    shelf = desk.shelf()
    for form in ("", "", "status.json"):
        assert body(shelf, form=form) in {"calm", '"calm"'}
    assert desk.asked == {"p-orders": 1}
    assert desk.drawn == {"calm": 1}


@pytest.mark.usefixtures("always_old")
def test_what_did_not_change_is_not_drawn_again(desk: Desk) -> None:
    desk.publish("p-orders", "calm")
    shelf = desk.shelf()
    assert [body(shelf) for _ in range(3)] == ["calm"] * 3
    assert desk.asked == {"p-orders": 3}
    assert desk.drawn == {"calm": 1}
    desk.publish("p-orders", "moved")
    assert body(shelf) == "moved"


def test_a_storm_on_a_page_that_nobody_knows_asks_once(desk: Desk) -> None:
    desk.publish("p-orders", "calm")
    shelf = desk.shelf()
    desk.answers.clear()
    with ThreadPoolExecutor(40) as crowd:
        asked = [crowd.submit(body, shelf) for _ in range(200)]
        desk.answers.set()
        assert {one.result() for one in asked} == {"calm"}
    assert desk.asked == {"p-orders": 1}


@pytest.mark.usefixtures("always_old")
def test_while_one_asks_the_others_take_what_is_there(desk: Desk) -> None:
    desk.publish("p-orders", "calm")
    shelf = desk.shelf()
    assert body(shelf) == "calm"
    desk.answers.clear()
    desk.publish("p-orders", "moved")
    with ThreadPoolExecutor(1) as crowd:
        first = crowd.submit(body, shelf)
        while desk.asked["p-orders"] < 2:
            threading.Event().wait(0.01)
        assert body(shelf) == "calm"
        desk.answers.set()
        assert first.result() == "moved"
    assert desk.asked == {"p-orders": 2}


@pytest.mark.usefixtures("always_old")
def test_the_last_truth_says_how_old_it_is(desk: Desk) -> None:
    desk.publish("p-orders", "calm")
    shelf = desk.shelf()
    before = datetime.now(UTC)
    assert body(shelf) == "calm"
    after = datetime.now(UTC)
    desk.away = True
    seen = [body(shelf) for _ in range(2)]
    shelf.forget()  # as after a restart: from the file
    seen += [body(shelf), body(desk.shelf())]
    assert len(set(seen)) == 1
    words, _, since = str(seen[0]).partition(", as of ")
    assert words == "calm"
    assert before <= datetime.fromisoformat(since) <= after
    desk.away = False
    assert body(shelf) == "calm"


def test_what_was_never_seen_is_away_and_not_missing(desk: Desk) -> None:
    desk.publish("p-orders", "calm")
    desk.away = True
    with pytest.raises(Away):
        body(desk.shelf())


def test_a_database_that_is_away_is_left_alone_for_a_moment(desk: Desk) -> None:
    """Each question may hang for seconds: those who guess addresses must not queue them up."""
    desk.away = True
    shelf = desk.shelf()
    for number in range(50):
        with pytest.raises(Away):
            body(shelf, f"p-{number}")
    assert sum(desk.asked.values()) == 1


@pytest.mark.usefixtures("always_old")
def test_what_was_revoked_is_gone_from_the_mirror_too(desk: Desk) -> None:
    desk.publish("p-orders", "calm")
    shelf = desk.shelf()
    assert body(shelf) == "calm"
    del desk.pages["p-orders"]
    assert body(shelf) is None
    desk.away = True
    for one in (shelf, desk.shelf()):
        with pytest.raises(Away):
            body(one)
    assert list(desk.place.iterdir()) == []


def test_a_link_expires_without_anybody_asking(desk: Desk) -> None:
    desk.publish("p-orders", "calm", until=datetime.now(UTC) - timedelta(seconds=1))
    shelf = desk.shelf()
    assert body(shelf) is None
    desk.away = True
    assert body(desk.shelf()) is None


def test_those_who_guess_evict_each_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "KEPT", 10)
    desk.publish("p-orders", "calm")
    shelf = desk.shelf()
    for number in range(100):
        body(shelf, f"p-{number}")
        assert body(shelf) == "calm"
    assert len(shelf._books) == 10


def test_a_form_that_does_not_exist_is_no_page(desk: Desk) -> None:
    desk.publish("p-orders", "calm")
    assert body(desk.shelf(), form="nothing.xml") is None


FOUND = Found({"says": "calm"}, "etag", listed=False, until=datetime(2026, 11, 30, tzinfo=UTC))
AT = datetime(2026, 11, 21, 1, 14, 7, tzinfo=UTC)


def test_a_mirror_gives_back_what_was_kept(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "mirror")
    mirror.write("~secret", FOUND, AT)
    assert mirror.read("~secret") == (FOUND, AT)
    assert (tmp_path / "mirror").stat().st_mode & 0o777 == 0o700
    (file,) = (tmp_path / "mirror").iterdir()
    assert "secret" not in file.name
    assert "secret" not in file.read_text(encoding="utf-8")
    mirror.drop("~secret")
    assert mirror.read("~secret") is None


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"said": {}}', '{"until": 7, "at": ""}', "null"])
def test_a_spoilt_file_is_no_page_and_no_failure(tmp_path: Path, kept: str) -> None:
    mirror = Mirror(tmp_path)
    mirror.write("p-orders", FOUND, AT)
    (file,) = tmp_path.iterdir()
    file.write_text(kept, encoding="utf-8")
    assert mirror.read("p-orders") is None


def test_a_mirror_follows_no_link(tmp_path: Path) -> None:
    mirror = Mirror(tmp_path)
    mirror.write("p-orders", FOUND, AT)
    (file,) = tmp_path.iterdir()
    elsewhere = tmp_path / "elsewhere"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    assert mirror.read("p-orders") is None


def test_a_mirror_that_can_not_be_written_costs_no_answer(desk: Desk) -> None:
    desk.place.parent.mkdir(exist_ok=True)
    desk.place.write_text("in the way", encoding="utf-8")
    desk.publish("p-orders", "calm")
    shelf = desk.shelf()
    assert body(shelf) == "calm"
    assert body(shelf, "p-nothing") is None
