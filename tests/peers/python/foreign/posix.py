"""Named shared memory, named semaphores, lock files and process liveness of Linux (glibc)."""

import ctypes
import errno
import fcntl
import mmap
import os
import time

from .atomics import Memory
from .lines import PeerError

_LIBC = ctypes.CDLL(None, use_errno=True)
_SHM_FOLDER = "/dev/shm/"


class _TimeSpec(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


_LIBC.sem_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_uint, ctypes.c_uint]
_LIBC.sem_open.restype = ctypes.c_void_p
_LIBC.sem_timedwait.argtypes = [ctypes.c_void_p, ctypes.POINTER(_TimeSpec)]
_LIBC.sem_getvalue.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_int)]
for _name in ("sem_post", "sem_trywait", "sem_close"):
    getattr(_LIBC, _name).argtypes = [ctypes.c_void_p]
_LIBC.sem_unlink.argtypes = [ctypes.c_char_p]


def _fail(what):
    code = ctypes.get_errno()
    raise OSError(code, f"{what}: {os.strerror(code)}")


def shm_path(name):
    return _SHM_FOLDER + name.lstrip("/")


def shm_unlink(name):
    try:
        os.unlink(shm_path(name))
    except FileNotFoundError:
        pass


class SharedMemory(Memory):
    """A mapped /dev/shm object."""

    def __init__(self, name, size=None, writable=True):
        """Opens the object; with a size creates it exclusively (FileExistsError if it exists)."""
        flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
        if size is not None:
            flags |= os.O_CREAT | os.O_EXCL
        self.name = name
        descriptor = os.open(shm_path(name), flags, 0o666)
        try:
            if size is not None:
                os.ftruncate(descriptor, size)
            length = os.fstat(descriptor).st_size
            if length == 0:
                raise PeerError("malformed", f"opening {name}: the object has size 0")
            self._map = mmap.mmap(descriptor, length, mmap.MAP_SHARED)
        finally:
            os.close(descriptor)
        super().__init__(self._map)

    def close(self):
        self._map.close()


class Image(Memory):
    """A private copy of a dumped segment; what is written to it is lost."""

    def __init__(self, path):
        with open(path, "rb") as file:
            super().__init__(bytearray(file.read()))
        self.name = path


class NamedSemaphore:
    """A named POSIX semaphore; the name is given without its leading slash."""

    def __init__(self, name, create=False):
        self._name = ("/" + name).encode()
        flags = os.O_CREAT | os.O_EXCL if create else 0
        self._handle = _LIBC.sem_open(self._name, flags, 0o666, 0)
        if not self._handle:
            _fail(f"sem_open {name}")

    def post(self):
        if _LIBC.sem_post(self._handle) != 0:
            _fail("sem_post")

    def try_wait(self):
        if _LIBC.sem_trywait(self._handle) == 0:
            return True
        if ctypes.get_errno() not in (errno.EAGAIN, errno.EINTR):
            _fail("sem_trywait")
        return False

    def wait(self, seconds):
        """True when a token was taken, False on time-out."""
        deadline = time.time() + seconds
        limit = _TimeSpec(int(deadline), int(deadline % 1 * 1e9))
        while _LIBC.sem_timedwait(self._handle, ctypes.byref(limit)) != 0:
            code = ctypes.get_errno()
            if code == errno.ETIMEDOUT:
                return False
            if code != errno.EINTR:
                _fail("sem_timedwait")
        return True

    def value(self):
        result = ctypes.c_int()
        if _LIBC.sem_getvalue(self._handle, ctypes.byref(result)) != 0:
            _fail("sem_getvalue")
        return result.value

    def close(self):
        if self._handle:
            _LIBC.sem_close(self._handle)
            self._handle = None


def sem_unlink(name):
    if _LIBC.sem_unlink(("/" + name).encode()) != 0 and ctypes.get_errno() != errno.ENOENT:
        _fail(f"sem_unlink {name}")


class LockFile:
    """An exclusively flocked file, checked after locking to be the one at its path."""

    def __init__(self, path):
        self._path = path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        while True:
            self._descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o666)
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(self._descriptor)
                raise PeerError("reader-exists", f"locking {path}: another process holds the lock") from None
            try:
                if os.path.samestat(os.fstat(self._descriptor), os.stat(path)):
                    return
            except FileNotFoundError:
                pass
            os.close(self._descriptor)

    def release(self):
        try:
            os.unlink(self._path)
        except FileNotFoundError:
            pass
        os.close(self._descriptor)


def alive(pid):
    """Whether a process of this id exists; one that may not be signalled counts as alive."""
    if pid == 0 or pid > 0x7FFFFFFF:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
