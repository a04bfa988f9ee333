"""Repeatable random numbers for cases."""

import hashlib


def draw(case: str, *seeds: int) -> float:
    """Return a uniform random number strictly between 0 and 1, the same for the same case and seeds.

    Each case has its own, so the order of the others stays when one leaves.
    """
    text = "/".join([*map(str, seeds), case]).encode()
    number = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")
    return ((number >> 12) + 0.5) / 2.0**52
