package bboltstore

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
)

// ErrDamaged says that the file is not as bbolt left it: pages overwritten, or its end cut off. What can be read of it is, of the tables
// whose pages are whole.
var ErrDamaged = errors.New("the file is damaged")

// guarded calls a function of bbolt, which trusts its file: on a damaged one it panics, or reads where the file has no pages, which
// would end the program.
func guarded(act func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if found := recover(); found != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, found)
		}
	}()
	return act()
}

// copiedBytes are copied at once: a length in a damaged file reserves no more memory than this beyond the bytes that are there.
const copiedBytes = 1 << 16

// copied copies what lies in the file's pages, which is looked at under guarded alone, over the bytes of into.
func copied(into, stored []byte) []byte {
	if stored == nil {
		return nil
	}
	if into == nil {
		into = []byte{}
	}
	into = into[:0]
	for part := range slices.Chunk(stored, copiedBytes) {
		into = append(into, part...)
	}
	return into
}
