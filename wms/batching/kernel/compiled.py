"""How functions are compiled: kept on disk, and free of the interpreter's lock.

The search hands its arrays on millions of times. Counting each time who holds them takes longer than the search itself,
so functions that make no arrays of their own are compiled without it; they only borrow what their caller holds.
"""

from numba import njit

compiled = njit(cache=True, nogil=True, _nrt=False)
compiled_with_arrays = njit(cache=True, nogil=True)
"""For functions that make arrays, at the start of a search; not for what is called within one."""


@compiled
def copy_into(target, source):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201 - any two arrays of one shape
    """Copy an array of one or two dimensions over another of the same shape."""
    for at in range(target.size):
        target.flat[at] = source.flat[at]
