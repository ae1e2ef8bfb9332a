"""Figures that stay in touch with Python and still weigh little.

``plotly.graph_objects.FigureWidget`` sends its own copy of plotly.js, 5 MB, with every instance. Here one shared widget
model carries it, packed to less than a third, and each :class:`LiveFigure` has a small stub that takes it from there.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Self
from zlib import crc32

import anywidget
import plotly
import plotly.graph_objects as go
import traitlets
from ipywidgets import widget_serialization
from plotly.io.json import to_json_plotly
from plotly.offline import get_plotlyjs

from helpers.steady import SteadyWidget, module_of
from helpers.style import CONFIG

HEIGHT = 450  # pixels, of a figure that has no height of its own
FAST, THRIFTY = (
    1,
    4,
)  # levels of packing: a figure shrinks tenfold in two milliseconds; higher than 4 takes twice the time

Point = dict[str, Any]
Act = Callable[[Any], None]


class PlotlyBundle(anywidget.AnyWidget):
    """The one widget model of a kernel that carries plotly.js. It is never shown; :class:`LiveFigure` asks for it."""

    _esm = "export default {}"
    _made: ClassVar[PlotlyBundle | None] = None

    version = traitlets.Unicode(plotly.__version__).tag(sync=True)
    code = traitlets.Bytes(b"", allow_none=True).tag(sync=True)

    @classmethod
    def shared(cls) -> PlotlyBundle:
        """Return the one instance; make it if there is none or if somebody closed it."""
        if cls._made is None or cls._made.comm is None:
            cls._made = cls(code=gzip.compress(get_plotlyjs().encode(), compresslevel=THRIFTY, mtime=0))
        return cls._made


class LiveFigure(SteadyWidget):
    """A Plotly figure on the page that Python can change in place and that tells Python what was clicked.

    However many of them a page holds, plotly.js reaches it once. Where nothing has to change after it is shown, a plain
    figure does.

    Parameters
    ----------
    figure
        Any Plotly figure. Without it, an empty one.
    status
        A line under the figure; screen readers speak it when it changes.
    keys
        Whether the arrow keys, Home and End, pressed while the figure has the focus, are told to :meth:`on_key`.

    Examples
    --------
    >>> live = LiveFigure(go.Figure(go.Scatter(x=[1, 2], y=[3, 4])))
    >>> with live.batch_update() as figure:
    ...     _ = figure.update_traces(marker_size=12)
    >>> live.figure.data[0].marker.size
    12
    """

    _esm = module_of(Path(__file__).with_name("live.js"))
    _css = Path(__file__).with_name("live.css")

    status = traitlets.Unicode("").tag(sync=True)
    _bundle = traitlets.Instance(PlotlyBundle).tag(sync=True, **widget_serialization)
    _figure = traitlets.Bytes(b"").tag(sync=True)
    _images = traitlets.Bytes(b"").tag(sync=True)
    _config = traitlets.Dict().tag(sync=True)
    _text = traitlets.Unicode("").tag(sync=True)
    _title = traitlets.Unicode("").tag(sync=True)
    _narrowest = traitlets.Int(0).tag(sync=True)
    _keys = traitlets.Bool(False).tag(sync=True)

    def __init__(self, figure: go.Figure | None = None, *, status: str = "", keys: bool = False) -> None:
        self._shown = go.Figure() if figure is None else figure
        self._acts: dict[str, list[Act]] = {"click": [], "key": [], "failed": []}
        super().__init__(
            _bundle=PlotlyBundle.shared(),
            _config={**CONFIG, "responsive": False},
            _keys=keys,
            status=status,
            **wire(self._shown),
        )
        self.on_msg(self._heard)

    @property
    def figure(self) -> go.Figure:
        """The figure as it is shown. Set it to show another one in its place."""
        return self._shown

    @figure.setter
    def figure(self, figure: go.Figure) -> None:
        self.show(figure)

    def show(self, figure: go.Figure, *, zoom: str = "", status: str | None = None) -> Self:
        """Show another figure in the place of this one.

        Parameters
        ----------
        figure
            The figure.
        zoom
            As long as this word stays the same, what the reader zoomed into stays too.
        status
            The new line under the figure; without it, the old one stays.
        """
        self._shown = figure
        with self.hold_sync():
            for name, value in wire(figure, zoom).items():
                setattr(self, name, value)
            if status is not None:
                self.status = status
        return self

    @contextmanager
    def batch_update(self) -> Iterator[go.Figure]:
        """Change the figure in place; the page redraws it once, at the end of the block."""
        yield self._shown
        self.show(self._shown)

    def on_click(self, act: Callable[[Point], None]) -> None:
        """Call ``act`` with ``{"trace", "index", "customdata", "x", "y"}`` for each point that is clicked."""
        self._acts["click"].append(act)

    def on_key(self, act: Callable[[str], None]) -> None:
        """Call ``act`` with ``"ArrowLeft"``, ``"ArrowRight"``, ``"Home"`` or ``"End"`` when it is pressed in the figure."""
        self._acts["key"].append(act)

    def on_failure(self, act: Callable[[str], None]) -> None:
        """Call ``act`` with the reason if the page can't draw live figures."""
        self._acts["failed"].append(act)

    def _heard(self, _: Any, content: dict[str, Any], __: Any) -> None:
        kind = content.get("type", "")
        told = content.get({"click": "point", "key": "key", "failed": "reason"}.get(kind, ""))
        for act in self._acts.get(kind, []):
            act(told)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        shown = super()._repr_mimebundle_(**options)
        if isinstance(shown, tuple) and self._text:
            shown[0]["text/plain"] = self._text
        return shown


def wire(figure: go.Figure, zoom: str = "") -> dict[str, Any]:
    """Return what the page needs of a figure: its JSON, packed, without the table that only Python reads; text; title.

    Its images go apart. The ground of a map is two thirds of its figure and stays the same; what is the same is not sent.
    """
    # Plotly's to_plotly_json returns a copy of just these, which takes long for many points.
    layout = {"height": HEIGHT, **(figure.layout._props or {}), "uirevision": zoom or "same"}
    meta = layout.pop("meta", None)
    meta = meta if isinstance(meta, dict) else {}
    text, narrowest = " ".join(meta.get("text", [])), int(meta.get("narrowest", 0))
    title = str(layout.get("title", {}).get("text") or "")
    images = _kept(to_json_plotly(layout.pop("images", [])))
    body = {
        "data": [{"type": trace.type, **trace._props} for trace in figure.data],
        "layout": layout,
        "images": crc32(images),
    }
    told = {"_text": text, "_title": title, "_narrowest": narrowest}
    return {"_figure": _packed(to_json_plotly(body)), "_images": images, **told}


def _packed(text: str) -> bytes:
    return gzip.compress(text.encode(), compresslevel=FAST, mtime=0)


_kept = lru_cache(maxsize=4)(_packed)
