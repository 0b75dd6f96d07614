"""Says into which classes a table sorts people, and which classes a figure means; counts nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from outcomes.errors import BadMeasureError
from outcomes.measures.recipe import Mark
from outcomes.raw import Part

Unit_contra = TypeVar("Unit_contra", contravariant=True)
Unit = TypeVar("Unit")


@dataclass(frozen=True, slots=True)
class Shape:
    """One table before anybody is in it: its name, whose people it sorts, and its classes.

    `classes` lists every class that is possible, for an outsider cannot rule out the empty ones.
    `marks` names sets of them.
    """

    name: str
    parent: Part
    classes: tuple[str, ...]
    marks: Mapping[Mark, frozenset[str]]

    def where(self, mark: Mark) -> frozenset[str]:
        """Give the classes of a mark. Raises `BadMeasureError` where the table has no such mark."""
        if mark is Mark.EVERYBODY:
            return frozenset(self.classes)
        if mark not in self.marks:
            message = f"the table {self.name} cannot say who is {mark.value}; correct the recipe"
            raise BadMeasureError(message)
        return self.marks[mark]


class Sorter(Protocol[Unit_contra]):
    """Puts one unit of a population into one class of each of its tables that it belongs to."""

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """List the tables, each one after that of its parent class."""
        ...

    def places(self, unit: Unit_contra) -> Iterator[tuple[str, str]]:
        """Give the table and the class of a unit; only tables whose parent class it is in."""
        ...


@dataclass(frozen=True, slots=True)
class OneTable(Generic[Unit]):
    """Sorts everybody of a population into one table."""

    shape: Shape
    place: Callable[[Unit], str]

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """List the one table."""
        return (self.shape,)

    def places(self, unit: Unit) -> Iterator[tuple[str, str]]:
        """Give the class of a unit."""
        yield self.shape.name, self.place(unit)
