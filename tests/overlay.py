"""A folder seen with some of its files replaced, in memory: for loading thousands of broken records quickly."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass
class File:
    data: bytes | None

    def read_bytes(self) -> bytes:
        if self.data is None:
            raise FileNotFoundError
        return self.data

    def read_text(self, encoding: str) -> str:
        return self.read_bytes().decode(encoding)

    def is_file(self) -> bool:
        return self.data is not None


class Overlay:
    """``Overlay(folder, {"events.csv": b"..."})``; ``None`` takes a file away."""

    def __init__(self, folder: Path, files: dict[str, bytes | None]) -> None:
        self.folder, self.files = folder, files

    def joinpath(self, name: str) -> File | Path:
        return File(self.files[name]) if name in self.files else self.folder / name

    def __str__(self) -> str:
        return str(self.folder)
