package bboltstore_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"cu"
	"cu/bboltstore"
)

const pageBytes = 4096

// filled returns a file with tables over many pages, and its bytes.
func filled(t *testing.T) (file string, content []byte) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "home.db")
	store := open(t, file)
	if _, err := instance(t, store, cu.Options{}).Compute(ctx, `for t = 1, 10 do
		_home[t] = {}
		for n = 1, 100 do _home[t][n] = ('y'):rep(n) _home[t]['k' .. n] = { n } end
	end`); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return file, content
}

const visit = `for _, v in pairs(_home) do if type(v) == 'table' then for _, w in pairs(v) do _home.last = w end end end
	for n = 1, 300 do _home['k' .. n] = ('x'):rep(n) end`

// A page that is in no file any more is a fault of the processor, which ends a program that has not asked for something else.
func TestAFileThatIsCutOffWhileItIsOpenIsAnError(t *testing.T) {
	file, content := filled(t)
	store := open(t, file)
	i := instance(t, store, cu.Options{})
	if err := os.Truncate(file, 4*pageBytes); err != nil {
		t.Fatal(err)
	}
	if _, err := i.Compute(ctx, visit); !errors.Is(err, bboltstore.ErrDamaged) {
		t.Errorf("it computed: %v", err)
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	again := instance(t, store, cu.Options{})
	if _, err := again.Compute(ctx, visit); err != nil {
		t.Errorf("the pages are there again: %v", err)
	}
}

// bbolt frees as many pages as one says that belong to it, and one can say 4 billion.
func TestAPageThatClaimsMoreThanTheFileIsRefused(t *testing.T) {
	file, good := filled(t)
	refused := 0
	for id := 2; id < len(good)/pageBytes; id++ {
		bytes := append([]byte(nil), good...)
		binary.LittleEndian.PutUint32(bytes[id*pageBytes+12:], 1<<32-1-uint32(id))
		if err := os.WriteFile(file, bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		failed, _ := use(file)
		if errors.Is(failed, bboltstore.ErrDamaged) && strings.Contains(failed.Error(), fmt.Sprintf("page %d says", id)) {
			refused++
		}
	}
	if refused < 10 {
		t.Errorf("%d of %d pages were refused", refused, len(good)/pageBytes)
	}
	if err := os.WriteFile(file, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if failed, closed := use(file); failed != nil || !closed {
		t.Errorf("the file as it was: %v", failed)
	}
}

// Whatever the pages say: errors, no panic, and no file that stays locked.
func TestADamagedFileIsAnError(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if given, err := strconv.ParseUint(os.Getenv("CU_SEED"), 10, 64); err == nil {
		seed = given
	}
	random := rand.New(rand.NewPCG(seed, 0))
	file, good := filled(t)
	damaged := 0
	for round := range 60 {
		bytes := append([]byte(nil), good...)
		if round%3 == 0 {
			bytes = bytes[:random.IntN(len(bytes))]
		} else {
			for range 1 + random.IntN(20) {
				page := bytes[(2+random.IntN(len(bytes)/pageBytes-2))*pageBytes:][:pageBytes]
				page[random.IntN(64)] = byte(random.IntN(256))
			}
		}
		if err := os.WriteFile(file, bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		failed, closed := use(file)
		if errors.Is(failed, bboltstore.ErrDamaged) {
			damaged++
		}
		if !closed { // bbolt has its locks
			file += "x"
			continue
		}
		if err := os.WriteFile(file, good, 0o600); err != nil {
			t.Fatal(err)
		}
		store, err := bboltstore.Open(file)
		if err == nil {
			err = store.Close()
		}
		if err != nil {
			t.Fatalf("seed %d, round %d: after %v: %v", seed, round, failed, err)
		}
	}
	if damaged < 10 {
		t.Errorf("seed %d: %d files of 60 were damaged", seed, damaged)
	}
}

// use does what a program would, and says whether the file is closed.
func use(file string) (err error, closed bool) {
	store, err := bboltstore.Open(file)
	if err != nil {
		return err, true
	}
	i, err := module.New(ctx, cu.Share(store), cu.Options{})
	if err == nil {
		_, err = i.Compute(ctx, visit)
		err = errors.Join(err, i.Collect(ctx), i.Close(ctx))
	}
	failed := store.Close()
	return errors.Join(err, failed), failed == nil
}

func TestABucketThatIsNoTableIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "home.db")
	db, err := bbolt.Open(file, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(func(tx *bbolt.Tx) error {
		root, err := tx.CreateBucketIfNotExists([]byte("cu"))
		if err == nil {
			_, err = root.CreateBucket([]byte("me"))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	store := bboltstore.New(db)
	t.Cleanup(func() { _ = store.Close() })
	i := instance(t, store, cu.Options{})
	if err := i.Collect(ctx); !errors.Is(err, bboltstore.ErrDamaged) || !strings.Contains(err.Error(), "6d65") {
		t.Error(err)
	}
}
