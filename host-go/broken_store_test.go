package cu

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"testing"
)

// breaking is a store whose calls fail, or panic, from the one with a number on.
type breaking struct {
	*MemoryStore
	count, from int
	once        bool
	panics      bool
	failsCommit bool
}

func (b *breaking) use() error {
	b.count++
	if b.from == 0 || b.count < b.from || b.once && b.count > b.from {
		return nil
	}
	if b.panics {
		panic(errDisk)
	}
	return errDisk
}

func (b *breaking) Get(table uint32, key []byte) ([]byte, bool, error) {
	if err := b.use(); err != nil {
		return nil, false, err
	}
	return b.MemoryStore.Get(table, key)
}

func (b *breaking) Set(table uint32, key, value []byte) error {
	if err := b.use(); err != nil {
		return err
	}
	return b.MemoryStore.Set(table, key, value)
}

func (b *breaking) Delete(table uint32, key []byte) error {
	if err := b.use(); err != nil {
		return err
	}
	return b.MemoryStore.Delete(table, key)
}

func (b *breaking) Size(table uint32) (int, error) {
	if err := b.use(); err != nil {
		return 0, err
	}
	return b.MemoryStore.Size(table)
}

func (b *breaking) Keys(table uint32, after []byte, descending bool, yield func([]byte) bool) error {
	if err := b.use(); err != nil {
		return err
	}
	return b.MemoryStore.Keys(table, after, descending, yield)
}

func (b *breaking) Begin(ctx context.Context) error {
	if err := b.use(); err != nil {
		return err
	}
	return b.MemoryStore.Begin(ctx)
}

func (b *breaking) Commit() error {
	err := b.use()
	if b.failsCommit {
		err = errDisk
	}
	if err != nil {
		return errors.Join(err, b.MemoryStore.Rollback())
	}
	return b.MemoryStore.Commit()
}

const work = `_home.list = { 1, 2, { x = ('x'):rep(3000) } }
	local n = 0
	function _home.count() n = n + 1 return n end
	_home.count()
	for key in pairs(_home) do _home.last = key end
	_home.list[1] = nil
	return #_home.list, ('r'):rep(100000)`

// Whichever call of the store fails: an error that is the store's, the unit has ended, and an instance over the store goes on.
func TestAStoreThatFailsAtCallN(t *testing.T) {
	for _, once := range []bool{true, false} {
		for _, atomic := range []Atomic{NotAtomic, AtomicByNotes, AtomicByStore} {
			for from := 1; ; from++ {
				store := &breaking{MemoryStore: NewMemoryStore()}
				shared := Share(store)
				instance, err := module.New(ctx, shared, Options{Atomic: atomic})
				if err != nil {
					t.Fatal(err)
				}
				value(t, instance, "_home.kept = 1")
				before := rowsOf(store.MemoryStore)
				store.count, store.from, store.once = 0, from, once
				_, err = instance.Compute(ctx, work)
				reached := store.count >= from
				store.from = 0
				where := fmt.Sprintf("once %v, atomic %q, call %d", once, atomic, from)
				if !reached {
					if err != nil {
						t.Errorf("%s: %v", where, err)
					}
					break
				}
				if err != nil && !errors.Is(err, errDisk) && !errors.As(err, new(*LuaError)) {
					t.Errorf("%s: %v", where, err)
				}
				if store.changes != nil {
					t.Fatalf("%s: the unit has not ended", where)
				}
				if undone := maps.Equal(rowsOf(store.MemoryStore), before); err != nil && atomic == AtomicByStore && !undone {
					t.Errorf("%s: it was not undone: %v", where, err)
				}
				_, again := instance.Compute(ctx, "return _home.kept")
				var commit *CommitError
				if errors.Is(again, ErrOver) && !errors.As(again, &commit) && !errors.As(again, new(*StoreError)) {
					t.Errorf("%s: it is over: %v", where, again)
				}
				other, err := module.New(ctx, shared, Options{Atomic: atomic})
				if err != nil {
					t.Fatalf("%s: %v", where, err)
				}
				value(t, other, "assert(_home.kept == 1)")
				value(t, other, work)
				_, _ = instance.Close(ctx), other.Close(ctx)
			}
		}
	}
}

func TestAStoreThatPanicsEndsTheInstanceAndNothingElse(t *testing.T) {
	for from := 1; ; from++ {
		store := &breaking{MemoryStore: NewMemoryStore()}
		shared := Share(store)
		instance, err := module.New(ctx, shared, Options{})
		if err != nil {
			t.Fatal(err)
		}
		value(t, instance, "_home.kept = 1")
		before := rowsOf(store.MemoryStore)
		store.count, store.from, store.panics, store.once = 0, from, true, true
		panicked := func() (value any) {
			defer func() { value = recover() }()
			if _, err := instance.Compute(ctx, work); err != nil {
				t.Error(err)
			}
			return nil
		}()
		store.from = 0
		if store.count < from {
			break
		}
		if panicked != errDisk {
			t.Fatalf("call %d: the panic is %v", from, panicked)
		}
		if _, err := instance.Compute(ctx, "return 1"); !errors.Is(err, ErrOver) {
			t.Errorf("call %d: %v", from, err)
		}
		if commits := store.changes != nil; commits { // Begin or Commit panicked: what a store does then is its own affair
			store.changes = nil
		} else if !maps.Equal(rowsOf(store.MemoryStore), before) {
			t.Errorf("call %d: the changes were not undone", from)
		}
		other, err := module.New(ctx, shared, Options{})
		if err != nil {
			t.Fatalf("call %d: %v", from, err)
		}
		value(t, other, "return 1")
	}
}
