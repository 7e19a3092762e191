package bboltstore

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"go.etcd.io/bbolt"
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

// checkPages sees that no page in use says that it goes on behind the last one of the file: bbolt would free as many pages as it says, one after
// the other, and there may be billions. It looks at each page once.
func checkPages(tx *bbolt.Tx) error {
	for id := 2; ; id++ {
		page, err := tx.Page(id)
		if page == nil || err != nil { // behind the last one
			return err
		}
		if page.Type != "branch" && page.Type != "leaf" && page.Type != "freelist" {
			continue
		}
		if last, err := tx.Page(id + page.OverflowCount); last == nil || err != nil {
			return errors.Join(err, fmt.Errorf("%w: page %d says that %d more belong to it; the file has %d bytes", ErrDamaged, id, page.OverflowCount, tx.Size()))
		}
		id += page.OverflowCount
	}
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
