//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package bboltstore

import (
	"os"
	"syscall"
)

// unlock gives up the lock of a file that bbolt opened and panicked over: its mapping, which stays, would keep the lock.
func unlock(file *os.File) { _ = syscall.Flock(int(file.Fd()), syscall.LOCK_UN) }
