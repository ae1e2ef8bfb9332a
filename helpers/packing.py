"""Where labels and marks go so that none covers another: text widths, line breaks, rows filled first come first served.

All lengths are pixels. A figure does not know its width on the page, so boxes are packed for the narrowest page
wanted: the text keeps its size while a wider page draws the points further apart, so what is free of overlap there
stays free.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

TEXT = 12
LINE = 16
"""Size of small text and the height of one line of it."""

# Widths of DejaVu Sans, the widest of the usual sans-serif fonts, in parts of the font size; what is not named here,
# capitals for one, is counted as wide.
_NARROW, _SMALL, _WIDE = "ijlI.,:;'|!()[]ftr ", "abcdeghknopqsuvxyz0123456789", "mwMW@%—…"
_WIDTHS = {c: w for chars, w in ((_NARROW, 0.42), (_SMALL, 0.64), (_WIDE, 1.0)) for c in chars}
_OTHER = 0.79
_SPACE = 0.42 * TEXT


@lru_cache(maxsize=10_000)  # the same words come again and again
def text_width(text: str, size: int = TEXT) -> float:
    """Return how wide a text is at most, in pixels, in the widest of the usual fonts.

    Examples
    --------
    >>> text_width("will") < text_width("WWWW")
    True
    """
    return size * sum([_WIDTHS.get(c, _OTHER) for c in text])


@lru_cache(maxsize=10_000)
def wrap(text: str, lines: int = 2) -> tuple[str, ...]:
    """Break a text between words into at most so many lines, about equally long.

    Examples
    --------
    >>> wrap("Rockets kill a US contractor at K-1 base near Kirkuk")
    ('Rockets kill a US contractor', 'at K-1 base near Kirkuk')
    """
    words = text.split()
    widths = [text_width(word) for word in words]
    width = max([sum(widths) / lines, *widths]) if words else 0.0
    while len(found := _filled(words, widths, width)) > lines:
        width += 6
    return tuple(found)


def wrap_to(text: str, width: float) -> list[str]:
    """Break a text between words into lines no wider than ``width`` pixels; a longer word keeps a line to itself.

    Examples
    --------
    >>> wrap_to("Iraqi state or Iran-aligned (contested)", 150)
    ['Iraqi state or', 'Iran-aligned', '(contested)']
    """
    words = text.split()
    return _filled(words, [text_width(word) for word in words], width)


@dataclass(slots=True)
class Rows:
    """Rows of equal height. Boxes go into the first row, counted from the top, where they cover nothing."""

    taken: list[list[tuple[float, float]]] = field(default_factory=list)

    def room(self, left: float, right: float, height: int = 1) -> int:
        """Return the first row from which on ``height`` rows are free between ``left`` and ``right``."""
        row = free = 0
        while free < height:
            level = row + free
            if level < len(self.taken) and any(a < right and left < b for a, b in self.taken[level]):
                row, free = level + 1, 0
            else:
                free += 1
        return row

    def take(self, row: int, left: float, right: float, height: int = 1) -> None:
        """Mark the place as taken."""
        while len(self.taken) < row + height:
            self.taken.append([])
        for level in range(row, row + height):
            self.taken[level].append((left, right))

    def __len__(self) -> int:
        return len(self.taken)


def _filled(words: list[str], widths: list[float], width: float) -> list[str]:
    """Fill lines with words one after the other."""
    lines: list[list[str]] = [[]]
    used = 0.0
    for word, wide in zip(words, widths, strict=True):
        if lines[-1] and used + _SPACE + wide > width:
            lines.append([])
            used = 0.0
        used += wide + (_SPACE if lines[-1] else 0.0)
        lines[-1].append(word)
    return [" ".join(line) for line in lines]
