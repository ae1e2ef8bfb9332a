"""What runs inside the kernel of a lesson: the network is cut, and widgets tell what a page without Python can show."""

from __future__ import annotations

import ipaddress
import json
import re
import socket
from collections.abc import Callable
from typing import Any

from IPython.core.getipython import get_ipython

MIME = "application/vnd.escalation.edition+json"
"""The type of output that only the reading edition reads: a dict with ``kind`` and what belongs to it."""
MOST = 120
"""So many items of an explorer are listed at most."""
RECENT = 14
"""A decision room lists what happened in so many days before it, as the room in the notebook does at first."""


def prepare() -> None:
    """Cut the network and register what the widgets of the helpers show where there is no kernel."""
    from helpers.checks import Verdict
    from helpers.explorers.base import Explorer
    from helpers.explorers.decision_room import DecisionRoom
    from helpers.lesson import NoteBox
    from helpers.live import LiveFigure

    cut_network()
    shell = get_ipython()
    if shell is None or shell.display_formatter is None:
        raise RuntimeError("this belongs into the kernel of a notebook")
    formatter = shell.display_formatter.mimebundle_formatter
    tellers: dict[type, Callable[[Any], dict[str, Any]]] = {
        Explorer: tell_explorer,
        DecisionRoom: tell_room,
        NoteBox: tell_question,
        Verdict: tell_verdict,
        LiveFigure: lambda live: {"kind": "figure", "figure": _plain(live.figure)},
    }
    for kind, tell in tellers.items():
        formatter.for_type(kind, lambda shown, tell=tell: {MIME: tell(shown), "text/plain": type(shown).__name__})


def tell_explorer(explorer: Any) -> dict[str, Any]:
    """Return the first view of an explorer: its figure, its items with their cards, and the code that draws it."""
    state = explorer.state
    items = explorer.shown[:MOST]
    told = {
        "kind": "explorer",
        "title": explorer.title,
        "item": explorer.item,
        "figure": _plain(explorer.figure),
        "count": len(explorer.shown),
        "items": [
            {"label": label, "card": explorer.card(item, state), "open": item == state["selected"]}
            for item, label in zip(items, explorer.labels(items, state), strict=True)
        ],
        "code": explorer.as_code(),
    }
    if explorer.name == "actor_map":
        from edition.slider import slider_data

        told["slider"] = slider_data(explorer.chronicle, on=state["on"], focus=state["focus"])
    return told


def tell_room(room: Any) -> dict[str, Any]:
    """Return a decision room: the situation as known, what had happened, the options, and apart the outcome."""
    import pandas as pd

    from helpers.cards import event_card
    from helpers.rooms import options_card, outcome_card, situation_card

    opened, chronicle = room.room, room._chronicle  # kept to itself until the outcome is shown, as here
    events = opened.known.events
    recent = events[events["date"] > opened.as_of - pd.Timedelta(days=RECENT)]
    recent = recent.sort_values(["date", "day_order"], ascending=False)
    outcome = outcome_card(chronicle, opened.room_id, [])
    # Whoever reads on paper has said something, only not to this page.
    outcome = re.sub(r"<section><h5>What you said</h5>.*?</section>", "", outcome, flags=re.DOTALL)
    happened = int(bool(chronicle.rooms.loc[opened.room_id, "prediction_outcome"]))
    score = (
        f"Your Brier score is the squared distance between your percentage, divided by 100, and {happened}. "
        "0 is the best score and 1 the worst; who always says 50 percent gets 0.25."
    )
    outcome = outcome.replace("Without a probability stated before, there is nothing to score.", score)
    return {
        "kind": "room",
        "title": opened.title,
        "situation": situation_card(opened),
        "items": [
            {
                "label": f"{row.date.day} {row.date:%B %Y}: {row.title}",
                "card": event_card(opened.known, str(row.Index), level=4),
                "open": False,
            }
            for row in recent.itertuples()
        ],
        "options": options_card(opened),
        "labels": [f"{option.letter}. {option.label}" for option in opened.options],
        "prediction": opened.prediction,
        "outcome": outcome,
    }


def tell_question(box: Any) -> dict[str, Any]:
    """Return a question that is answered in free words."""
    return {"kind": "question", "question": box.children[0].value, "rows": box.box.rows}


def tell_verdict(verdict: Any) -> dict[str, Any]:
    """Return what a self-check says."""
    return {"kind": "verdict", "key": verdict.key, "state": verdict.state, "text": str(verdict)}


def cut_network() -> None:
    """Refuse every connection off this machine, for as long as this process lives."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    send, look_up = socket.socket.sendto, socket.getaddrinfo

    def check(address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else None  # anything else is a socket of this machine's own
        host = host.decode() if isinstance(host, bytes) else host
        if host in (None, "", "localhost"):
            return
        try:
            here = ipaddress.ip_address(host).is_loopback
        except ValueError:
            here = False
        if not here:
            raise OSError(f"the network is cut: no connection to {host}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        check(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        check(address)
        return connect_ex(self, address)

    def guarded_send(self: socket.socket, data: Any, *where: Any) -> int:
        check(where[-1])
        return send(self, data, *where)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        check((host,))
        return look_up(host, *args, **kwargs)

    for name, guarded in (("connect", guarded_connect), ("connect_ex", guarded_connect_ex), ("sendto", guarded_send)):
        setattr(socket.socket, name, guarded)
    socket.getaddrinfo = guarded_look_up


def _plain(figure: Any) -> Any:
    return json.loads(figure.to_json())
