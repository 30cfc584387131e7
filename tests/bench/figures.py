"""A figure, its baseline and its limit; the table and the JSON made of them."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

YES, NO, NONE = "✓", "✗", " "


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a figure is compared with, measured in the same run and in the same unit."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Limit:
    """How far a figure may go. `of_ratio`: the ratio to the baseline is meant, not the value."""

    bound: float
    of_ratio: bool = False
    at_least: bool = False

    def holds(self, figure: "Figure") -> bool:
        """Whether `figure` keeps within it."""
        measured = figure.ratio if self.of_ratio else figure.value
        if measured is None:
            return False
        return measured >= self.bound if self.at_least else measured <= self.bound

    def in_words(self, unit: str) -> str:
        """As "≤ 25 ms" or "≤ 2 ×"."""
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {self.bound:g} {'×' if self.of_ratio else unit}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `unit`: ms, KB, MiB or 1/s."""

    name: str
    value: float
    unit: str
    baseline: Baseline | None = None
    limit: Limit | None = None

    @property
    def ratio(self) -> float | None:
        """The value in baselines; None without one."""
        return self.value / self.baseline.value if self.baseline and self.baseline.value else None

    @property
    def is_within(self) -> bool | None:
        """Whether the limit holds; None without one."""
        return None if self.limit is None else self.limit.holds(self)

    def as_json(self) -> dict[str, Any]:
        """The figure with what follows from it."""
        return {**asdict(self), "ratio": self.ratio, "is_within": self.is_within}


def as_table(figures: Iterable[Figure]) -> str:
    """The figures below each other, aligned."""
    head = ("", "figure", "value", "baseline", "ratio", "limit")
    rows = [head, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    align: tuple[Callable[[str, int], str], ...] = (
        str.ljust,
        str.ljust,
        str.rjust,
        str.ljust,
        str.rjust,
        str.ljust,
    )
    lines = [
        "  ".join(put(cell, width) for put, cell, width in zip(align, row, widths, strict=True))
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def as_document(figures: Iterable[Figure], about: dict[str, Any]) -> str:
    """The figures as JSON; `about`: the machine and the amounts."""
    document = {"about": about, "figures": [figure.as_json() for figure in figures]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _row(figure: Figure) -> tuple[str, ...]:
    base, ratio = figure.baseline, figure.ratio
    mark = NONE if figure.is_within is None else (YES if figure.is_within else NO)
    return (
        mark,
        figure.name,
        _with_unit(figure.value, figure.unit),
        f"{_with_unit(base.value, figure.unit)} {base.name}" if base else "",
        "" if ratio is None else f"{ratio:.2f} ×",
        figure.limit.in_words(figure.unit) if figure.limit else "",
    )


def _with_unit(value: float, unit: str) -> str:
    digits = 0 if value >= 1000 else 1 if value >= 100 else 2
    return f"{value:.{digits}f} {unit}"
