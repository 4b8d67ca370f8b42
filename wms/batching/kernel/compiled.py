"""How functions are compiled: kept on disk, and free of the interpreter's lock.

The search hands its arrays on millions of times. Counting each time who holds them takes longer than the search itself,
so functions that make no arrays of their own are compiled without it; they only borrow what their caller holds.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

from wms.batching.kernel.keeping import kept

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function that makes no arrays."""
    made: Function = kept(njit(nogil=True, _nrt=False)(function))  # type: ignore[call-overload]  # numba does not name the option
    return made


def inlined(function: Function) -> Function:
    """Compile a function that makes no arrays into each of its callers.

    A call hands on every array of what it is given, some four hundred words for a search: where it is made at every try
    that costs more than the work. So this is for functions that are called in few places, and always.
    """
    made: Function = njit(nogil=True, _nrt=False, inline="always")(function)  # type: ignore[call-overload]  # as above
    return made


def compiled_with_arrays(function: Function) -> Function:
    """Compile a function that makes arrays, at the start of a search; not one that is called within a search."""
    made: Function = kept(njit(nogil=True)(function))
    return made


@compiled
def copy_into(target: Any, source: Any) -> None:
    """Copy an array of one dimension over another of the same length."""
    for at in range(len(target)):
        target[at] = source[at]


@compiled
def copy_rows(target: Any, source: Any) -> None:
    """Copy an array of two dimensions over another of the same shape."""
    for row in range(target.shape[0]):
        for at in range(target.shape[1]):
            target[row, at] = source[row, at]
