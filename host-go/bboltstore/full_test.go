package bboltstore_test

import (
	"errors"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"cu"
	"cu/bboltstore"
)

// A file that may not grow is a disk that is full: the call is not kept and says so, what was kept before is there, and deleting makes room.
func TestAFullDiskKeepsWhatWasKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "home.db")
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{MaxSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	store := bboltstore.New(db)
	shared := cu.Share(store)
	t.Cleanup(func() { _ = store.Close() })
	kept, refused := int64(0), 0
	fresh := func() *cu.Instance {
		i, err := module.New(ctx, shared, cu.Options{Compression: -1})
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	i := fresh()
	for range 60 {
		_, err := i.Compute(ctx, "_home.n = (_home.n or 0) + 1 _home['part' .. _home.n] = ('x'):rep(30000) .. math.random()")
		if err == nil {
			kept++
			continue
		}
		if refused++; !errors.As(err, new(*cu.CommitError)) && !errors.As(err, new(*cu.HostError)) {
			t.Fatalf("%T: %v", err, err)
		}
		i = fresh()
		if response, err := i.Compute(ctx, "return _home.n"); err != nil || response.Value() != kept {
			t.Fatalf("%d calls were kept, and %v, %v is there", kept, response, err)
		}
	}
	if refused == 0 {
		t.Fatal("the disk was never full")
	}
	if _, err := i.Compute(ctx, "for n = 1, _home.n - 2 do _home['part' .. n] = nil end _home.n = 2"); err != nil {
		t.Fatal(err)
	}
	if _, err := i.Compute(ctx, "_home.again = ('x'):rep(30000)"); err != nil {
		t.Errorf("there is room again: %v", err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	check(t, file)
}
