//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package bboltstore

import "os"

// unlock does nothing: elsewhere the lock ends with the file.
func unlock(*os.File) {}
