"""What one reading of a plane says: GREEN's share and the words to it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.nodes import in_words
from migrations_app.drivers.scale import share_of
from migrations_app.drivers.share import combined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOBODYS = Decimal("0.01")  # equals no weight that anybody asks for, so it calls for a write


@dataclass(frozen=True, slots=True)
class Standing:
    """GREEN's share in percent, and in words."""

    weight: Decimal
    detail: str


@dataclass(frozen=True, slots=True)
class Sides:
    """What BLUE and GREEN are called there; `noun` is what they are, `dark` what clients get
    when nothing has a weight."""

    blue: str
    green: str
    noun: str
    dark: str

    def standing(self, where: str, numbers: Mapping[str, int]) -> Standing:
        """Two weights as a share. `Permanent` names a side that isn't there, and any third that
        takes traffic."""
        self._both(where, numbers)
        if strangers := [
            name for name in numbers if name not in {self.blue, self.green} and numbers[name]
        ]:
            raise Permanent(
                f"{where}: {' and '.join(strangers)} takes traffic too and is neither BLUE nor "
                "GREEN. Set its weight to 0 first."
            )
        blue, green = numbers[self.blue], numbers[self.green]
        detail = f"blue {blue}/{blue + green}, green {green}/{blue + green}"
        share = share_of(blue, green)
        if share is None:
            return Standing(NOBODYS, f"{detail}: every weight is 0, so clients get {self.dark}")
        return Standing(share, detail)

    def _both(self, where: str, numbers: Mapping[str, int]) -> None:
        missing = [name for name in (self.blue, self.green) if name not in numbers]
        if missing:
            raise Permanent(
                f"{where}: there is no {self.noun} {' or '.join(missing)} among "
                f"{', '.join(numbers) or 'none at all'}. Correct `blue` and `green`."
            )


def together(standings: Sequence[Standing]) -> Standing:
    """What several routes on one node amount to."""
    return amount({str(number): one for number, one in enumerate(standings, 1)})


def amount(told: Mapping[str, Standing]) -> Standing:
    """What the standings of several places, by their names, amount to."""
    weights = [one.weight for one in told.values()]
    words = {name: one.detail for name, one in told.items()}
    return Standing(combined(weights), in_words(words, agree=len(set(weights)) == 1))
