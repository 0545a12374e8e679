"""The fixtures of whole nights."""

from tests.support.nights import empty_world, first_night, world

__all__ = ["empty_world", "first_night", "world"]
