"""A figure that is read off a mask."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Feature:
    """What one figure is called, for programs and for people.

    Args:
        name: Identifier in tables, such as "margin_fluctuation".
        title: A few words, such as "Margin fluctuation".
        tip: A sentence: what it says, and what is high and what is low.
        unit: Its unit; "" for a ratio.
    """

    name: str
    title: str
    tip: str
    unit: str = ""
