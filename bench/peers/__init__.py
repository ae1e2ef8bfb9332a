"""How good is it? The same record in the tools that others would take, measured beside ours: ``python -m bench.peers``.

Nothing of theirs is kept here: :mod:`bench.peers.installing` gets them from PyPI and npm into the folder ``.envs/peers``.
"""
