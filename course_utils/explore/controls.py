"""What a reader can move: plain descriptions that become widgets only in a running notebook.

Only calls that ipywidgets 7 and 8 share are used; ipywidgets itself is imported when a widget
is made.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_STYLE = {"description_width": "initial"}


class Control(ABC):
    """One thing a reader can move."""

    label: str | None
    start: Any

    @abstractmethod
    def widget(self, name: str) -> Any:
        """Return a new widget; `name` is shown where the control has no label."""

    @abstractmethod
    def describe(self, name: str) -> str:
        """Return what can be changed and what is shown at first, as text."""

    def read(self, state: Any) -> Any:
        """Return what the drawing function gets when the widget's value is `state`."""
        return state


@dataclass(frozen=True)
class Slider(Control):
    """A number between two others; see `slider`."""

    low: float
    high: float
    start: float
    step: float
    label: str | None

    def widget(self, name: str) -> Any:
        """Return a slider for whole numbers if all its numbers are whole."""
        import ipywidgets

        whole = all(isinstance(n, int) for n in (self.low, self.high, self.start, self.step))
        return (ipywidgets.IntSlider if whole else ipywidgets.FloatSlider)(
            min=self.low,
            max=self.high,
            step=self.step,
            value=self.start,
            description=self.label or name,
            style=_STYLE,
            layout={"width": f"{260 + 8 * len(self.label or name)}px"},
        )

    def describe(self, name: str) -> str:
        """Return for example ``row (0 to 3, shown: 1)``."""
        return f"{self.label or name} ({self.low} to {self.high}, shown: {self.start})"


@dataclass(frozen=True)
class Choice(Control):
    """One of several things; see `choice`."""

    options: Mapping[str, Any]
    start: str
    label: str | None

    def widget(self, name: str) -> Any:
        """Return a drop-down menu."""
        import ipywidgets

        return ipywidgets.Dropdown(
            options=list(self.options),
            value=self.start,
            description=self.label or name,
            style=_STYLE,
        )

    def read(self, state: str) -> Any:
        """Return the thing behind the chosen name."""
        return self.options[state]

    def describe(self, name: str) -> str:
        """Return for example ``padding (valid, same, shown: valid)``."""
        # Long menus would bury the picture under their names.
        options = (
            ", ".join(self.options) if len(self.options) < 6 else f"{len(self.options)} choices"
        )
        return f"{self.label or name} ({options}, shown: {self.start})"


@dataclass(frozen=True)
class Switch(Control):
    """On or off; see `switch`."""

    start: bool
    label: str | None

    def widget(self, name: str) -> Any:
        """Return a check box."""
        import ipywidgets

        # indent=False: no empty column before the box.
        return ipywidgets.Checkbox(value=self.start, description=self.label or name, indent=False)

    def describe(self, name: str) -> str:
        """Return for example ``bias (on or off, shown: on)``."""
        return f"{self.label or name} (on or off, shown: {'on' if self.start else 'off'})"


def slider(
    low: float,
    high: float,
    value: float | None = None,
    step: float = 1,
    label: str | None = None,
) -> Slider:
    """Describe a slider from `low` to `high`, both included; it starts at `value` or at `low`.

    Raises
    ------
    ValueError
        If `low` is not below `high`, `value` not between them or `step` not positive.

    Examples
    --------
    >>> slider(0, 3, value=1).describe("row")
    'row (0 to 3, shown: 1)'
    """
    value = low if value is None else value
    if not low < high:
        raise ValueError(f"a slider needs low < high, got {low} and {high}")
    if not low <= value <= high:
        raise ValueError(f"the slider's value {value} is not between {low} and {high}")
    if step <= 0:
        raise ValueError(f"the slider's step must be positive, got {step}")
    return Slider(low, high, value, step, label)


def choice(
    options: Iterable[Any] | Mapping[str, Any], value: Any = None, label: str | None = None
) -> Choice:
    """Describe a menu. It starts at `value`, or at the first option.

    Parameters
    ----------
    options : list or dict
        Things shown by their names, ``choice(["valid", "same"])``; or names and things,
        ``choice({"box blur": BLUR, "Sobel": SOBEL})``: the drawing function gets the thing.
    value : object, optional
        An element of the list, or a name in the dict.
    label : str, optional

    Raises
    ------
    ValueError
        If there are no options, two have the same name, or `value` is none of them.

    Examples
    --------
    >>> choice(["valid", "same"]).describe("padding")
    'padding (valid, same, shown: valid)'
    """
    if isinstance(options, Mapping):
        named = {str(name): thing for name, thing in options.items()}
    else:
        options = list(options)
        named = {str(thing): thing for thing in options}
    if not named or len(named) != len(options):
        raise ValueError(f"a choice needs options with different names, got {options!r}")
    selected = next(iter(named)) if value is None else str(value)
    if selected not in named:
        raise ValueError(f"{value!r} is none of the options: {', '.join(named)}")
    return Choice(named, selected, label)


def switch(value: bool = False, label: str | None = None) -> Switch:
    """Describe a check box.

    Examples
    --------
    >>> switch(True).describe("bias")
    'bias (on or off, shown: on)'
    """
    return Switch(bool(value), label)
