"""How the C library keeps memory: few arenas, so that 64 threads do not each keep a heap of their own."""

import ctypes

# M_ARENA_MAX of glibc's malloc.h. Each arena keeps what one thread freed; calls to AWS come from 64 threads.
_ARENA_MAX = -8
ARENAS = 2


def keep_memory_small() -> None:
    """Called before the first thread. Does nothing where the C library is not glibc."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, ARENAS)
