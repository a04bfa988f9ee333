"""Words at the beginning of a line."""


def sentence(text: str) -> str:
    """Return a text with a capital, unless its first word is a name with capitals of its own, such as nnU-Net."""
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.islower() else text
