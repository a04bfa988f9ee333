"""What a model says is shown in paler colours than what a reader says."""

_WHITE = 0.6
"""Share of white."""


def paler(color: str) -> str:
    """Mix a colour "#rrggbb" with white."""
    parts = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(part + _WHITE * (255 - part)):02x}" for part in parts)
