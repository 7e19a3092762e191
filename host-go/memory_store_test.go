package cu_test

import (
	"encoding/binary"
	"testing"

	"cu"
	"cu/storetest"
)

func TestMemoryStoreAgainstAModel(t *testing.T) {
	for range 20 {
		storetest.Run(t, cu.NewMemoryStore(), 3_000, nil)
	}
}

// Blocks are split and vanish: keys in order, backwards, and between others.
func TestMemoryStoreOfManyKeys(t *testing.T) {
	const count = 5_000
	for _, step := range []int{1, count - 1, 1_237} {
		store := cu.NewMemoryStore()
		key := func(n int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }
		for n, at := 0, 0; n < count; n, at = n+1, (at+step)%count {
			if err := store.Set(7, key(at), []byte{1}); err != nil {
				t.Fatal(err)
			}
		}
		next := 0
		if err := store.Keys(7, nil, false, func(found []byte) bool {
			next++
			return string(found) == string(key(next-1))
		}); err != nil || next != count {
			t.Fatalf("step %d: %d keys in order, %v", step, next, err)
		}
		for n, at := 0, 0; n < count; n, at = n+1, (at+step)%count {
			if err := store.Delete(7, key(at)); err != nil {
				t.Fatal(err)
			}
			if size, _ := store.Size(7); size != count-n-1 {
				t.Fatalf("step %d: %d keys are left of %d", step, size, count-n-1)
			}
		}
	}
}
