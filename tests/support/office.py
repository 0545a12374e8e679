"""Office files with a part changed, for tests of what they hold."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def changed(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The file with one of its parts as `change` makes it."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, change(body.decode()).encode() if name == part else body)
    return buffer.getvalue()
