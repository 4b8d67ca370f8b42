"""Where compiled functions are kept between runs: beside their sources, or in NUMBA_CACHE_DIR.

numba looks for changes only in the file of a function, but code from the files it calls into is compiled into it; and
it refuses to work where it may not write. Here a function is forgotten when any file changes that its own one builds
on, and a folder that may only be read (an image's, a system's) serves what is in it.
"""

import re
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from numba import config
from numba.core.caching import CompileResultCacheImpl, FunctionCache, InTreeCacheLocator

KERNEL = Path(__file__).parent
IMPORTED = re.compile(r"^from wms\.batching\.kernel\.(\w+) import", re.MULTILINE)


@cache
def stamp_of(name: str) -> str:
    """Return what names the state of a file of the kernel and of all it builds on."""
    files = {name: (KERNEL / f"{name}.py").read_text()}
    pending = [name]
    while pending:
        for other in IMPORTED.findall(files[pending.pop()]):
            if other not in files:
                files[other] = (KERNEL / f"{other}.py").read_text()
                pending.append(other)
    return sha256(repr(sorted(files.items())).encode()).hexdigest()


class KernelLocator(InTreeCacheLocator):
    """Says where functions are kept, whether or not one may write there."""

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> "KernelLocator":
        """Return the place for any function."""
        return cls(py_func, py_file)

    def get_cache_path(self) -> str:
        """Return the folder."""
        return str(getattr(config, "CACHE_DIR", "") or super().get_cache_path())

    def get_source_stamp(self) -> str:
        """Return what must be the same for a kept function to be used."""
        return stamp_of(Path(self._py_file).stem)


class KernelCacheImpl(CompileResultCacheImpl):
    """How a function is written down, and where."""

    _locator_classes = [KernelLocator]  # noqa: RUF012 - numba's own attribute


class KernelCache(FunctionCache):
    """What is kept of one function."""

    _impl_class = KernelCacheImpl

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return a compiled function that is kept; what an older kernel has left and nobody can read is forgotten."""
        try:
            return super().load_overload(sig, target_context)
        except (AttributeError, ImportError):  # it names a class that is no longer where it was
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a compiled function; where that is not possible this process alone has it."""
        with suppress(OSError):
            super().save_overload(sig, data)


def kept(function: Any) -> Any:
    """Return a function of numba's that keeps what is compiled of it."""
    function._cache = KernelCache(function.py_func)  # noqa: SLF001 - as its enable_caching does, with a cache of ours
    return function
