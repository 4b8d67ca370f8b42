"""Bits of a word, and a random sequence of one's own for each thread."""

# mypy: disable-error-code="misc,no-untyped-call"
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types, uint64
from numba.extending import intrinsic
from numpy.typing import NDArray

from wms.batching.kernel.compiled import compiled

Words = NDArray[np.uint64]


@intrinsic
def _lowest_bit(_typing: Any, word: Any) -> Any:  # noqa: ARG001 - numba goes by the name
    """Return the number of the lowest bit set in a word that is not 0."""
    signature = types.int64(types.uint64)

    def emit(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return signature, emit


# numba takes the first argument away
lowest_bit: Callable[[Any], int] = _lowest_bit


@compiled
def random_word(state: Words) -> np.uint64:
    """Return the next word of the sequence (xorshift64*, Vigna 2016); `state` holds one word that is never 0."""
    word = state[0]
    word ^= word >> uint64(12)
    word ^= word << uint64(25)
    word ^= word >> uint64(27)
    state[0] = word
    return word * uint64(2685821657736338717)


@compiled
def random_below(state: Words, limit: int) -> int:
    """Return a random whole number from 0 to the limit, the limit excluded."""
    return int((random_word(state) >> uint64(33)) % uint64(limit))


@compiled
def random_share(state: Words) -> float:
    """Return a random number from 0 to 1."""
    return float(random_word(state) >> uint64(11)) * (1.0 / 9007199254740992.0)


def random_state(seed: int, stream: int) -> Words:
    """Return the start of a random sequence, another for each seed and each stream (splitmix64)."""
    mask = (1 << 64) - 1
    word = (seed * 0x9E3779B97F4A7C15 + (stream + 1) * 0xD1B54A32D192ED03) & mask
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & mask
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & mask
    return np.array([(word ^ (word >> 31)) or 1], dtype=np.uint64)
