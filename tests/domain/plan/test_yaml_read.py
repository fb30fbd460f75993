"""YAML as data and nothing else."""

from __future__ import annotations

import tracemalloc

import pytest

from migrations_app.domain.plan.problem import RunbookError
from migrations_app.domain.plan.yaml_read import DEEPEST, LONGEST, read


def refusals(text: str) -> list[str]:
    with pytest.raises(RunbookError) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("no", "no"),
        ("on", "on"),
        ("1:30", "1:30"),
        ("007", "007"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("1e5", "1e5"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("2026-03-01", "2026-03-01"),
        ("99.9 %", "99.9 %"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("12.5", 12.5),
        ("1.0e+3", 1000.0),
        ("'12'", "12"),
        ('"true"', "true"),
        ("1234567890123456789", "1234567890123456789"),
    ],
)
def test_words_mean_what_a_person_reads(word: str, meant: object) -> None:
    found = read(f"a: {word}\n").data
    assert repr(found) == repr({"a": meant})


def test_every_part_knows_its_line() -> None:
    document = read("a: 1\nb:\n  - x\n  - c:\n      d: 2\n")
    assert document.line(("b", 1, "c", "d")) == 5
    assert document.line(("b", 0)) == 3
    assert document.line(("a",)) == 1


def test_what_is_missing_has_the_line_of_what_is_around_it() -> None:
    assert read("a: 1\nb:\n  c: 2\n").line(("b", "gone", 3)) == 2


def test_aliases_are_refused_and_never_followed() -> None:
    assert refusals("a: &x [1]\nb: *x\n") == [
        "line 1, a: anchors (&x) are not allowed: write it out.",
        "line 2, b: aliases (*x) are not allowed: write it out.",
    ]


def test_an_alias_to_itself_is_refused() -> None:
    assert len(refusals("a: &x [*x]\n")) == 2


def test_an_alias_as_a_key_is_refused_once() -> None:
    assert refusals("a: &x b\n*x : 1\n")[1:] == [
        "line 2, ?: aliases (*x) are not allowed: write it out."
    ]


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!binary", "!mine", "!!str"])
def test_tags_are_refused(tag: str) -> None:
    assert "are not allowed" in refusals(f"a: {tag} x\n")[0]


def test_a_key_given_twice_names_both_lines() -> None:
    assert refusals("a: 1\nb: 2\na: 3\n") == ['line 3, a: "a" is already given on line 1.']


@pytest.mark.parametrize("key", ["1", "true", "null", "1.5", "? [a]\n", "? {a: b}\n", "? \n"])
def test_keys_are_text(key: str) -> None:
    assert any("a key must be text" in said for said in refusals(f"{key}: x\n"))


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert len(refusals("a: &x 1\na: !t 2\n3: *x\n")) == 5


def test_a_second_document_is_refused() -> None:
    assert refusals("a: 1\n---\nb: 2\n") == [
        "line 2, the runbook: holds a second document after `---`."
    ]


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n..."])
def test_nothing_is_not_a_runbook(text: str) -> None:
    assert read(text).data is None if "---" in text else "is empty" in refusals(text)[0]


def test_the_longest_text_is_read_and_one_byte_more_is_not() -> None:
    text = "a: " + "é" * ((LONGEST - 4) // 2) + "x"
    assert len(text.encode()) == LONGEST
    assert read(text).data
    assert refusals(text + "y") == ["the runbook: is longer than 64 KB: split the plan."]


def test_the_deepest_nesting_is_read_and_one_level_more_is_not() -> None:
    assert read("[" * DEEPEST + "]" * DEEPEST).data
    assert "nested deeper than 20 levels" in refusals("[" * 21 + "]" * 21)[0]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_without_end_is_refused(opening: str) -> None:
    assert "nested deeper" in refusals(opening * 5000)[0]


def test_a_bomb_is_answered_without_being_expanded() -> None:
    """Seven levels of nine: 4,782,969 items for whoever follows the aliases."""
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"] + [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 7)
    ]
    text = "\n".join(levels)
    tracemalloc.start()
    try:
        said = refusals(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(said) == 7 + 6 * 9
    assert peak < 2_000_000


def test_memory_stays_in_proportion_to_the_text() -> None:
    text = "a: [" + "x," * 30_000 + "x]"
    tracemalloc.start()
    try:
        read(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 600 * len(text)


@pytest.mark.parametrize("sign", [">", "|", "%", "@", "`"])
def test_a_missing_quote_is_explained(sign: str) -> None:
    said = refusals(f"a: 1\nb: {sign} 0.3 x\n")[0]
    assert said.startswith("line 2, the runbook: is not YAML")
    assert "needs quotes" in said


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [1\nb: 2", 2), ("a: b: c", 1), ("a:\n\t- x", 2), ("a: 'x", 1), ("]", 1)],
)
def test_broken_yaml_names_its_line(text: str, line: int) -> None:
    assert refusals(text)[0].startswith(f"line {line}, the runbook: is not YAML: ")


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x1b", "\ud800", "\ufffe"])
def test_a_character_that_nobody_can_see_is_named(char: str) -> None:
    said = refusals(f"a: 1\nb: x{char}\n")
    assert said == [f"line 2, the runbook: holds the character U+{ord(char):04X}: delete it."]


@pytest.mark.parametrize("escape", ['"\\U00110000"', '"\\UFFFFFFFF"'])
def test_a_code_point_that_does_not_exist_is_refused(escape: str) -> None:
    assert "is not YAML" in refusals(f"a: {escape}")[0]
