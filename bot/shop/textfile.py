"""Reads text files of a shop safely: size, encoding, line ends. Knows nothing of their formats."""

from __future__ import annotations

import os
from pathlib import Path

from bot.shop.problems import Problems

MEGABYTE = 1 << 20
TEXT_LIMIT = 20 * MEGABYTE
TABLE_LIMIT = 200 * MEGABYTE
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def is_folder(path: Path) -> bool:
    """Whether `path` is a folder that may be listed and entered; never raises."""
    try:
        return os.access(path, os.R_OK | os.X_OK) and path.is_dir()
    except (OSError, ValueError):
        return False


def is_there(path: Path) -> bool:
    """Whether something is at `path`, or hidden by permissions (reading it then says so); never raises."""
    try:
        return path.exists()
    except OSError:
        return True


def read_text(path: Path, file: str, problems: Problems, limit: int = TEXT_LIMIT) -> str | None:
    """The text of `path`, line ends `\\n`, no byte-order mark; None after an error is noted under `file`.

    Files above `limit` bytes are not read.
    """
    try:
        if not path.is_file():
            problems.error(file, 1, "not an ordinary file")
            return None
        if (size := path.stat().st_size) > limit:
            problems.error(
                file,
                1,
                f"{size / MEGABYTE:.0f} MB is too large (limit {limit // MEGABYTE} MB); split the file",
            )
            return None
        data = path.read_bytes()
    except OSError as error:
        problems.error(file, 1, f"cannot be read: {error.strerror or error}")
        return None
    return _decode(data, file, problems)


def _decode(data: bytes, file: str, problems: Problems) -> str | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.error(file, line, f"not UTF-8{_likely(data)}; save the file as UTF-8")
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _likely(data: bytes) -> str:
    if data.startswith(_UTF16):
        return " (it looks like UTF-16)"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return " (it may be GBK or another older encoding)"
