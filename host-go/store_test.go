package cu

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// plain is a store without units.
type plain struct{ store *MemoryStore }

func (p plain) Get(table uint32, key []byte) ([]byte, bool, error) { return p.store.Get(table, key) }
func (p plain) Set(table uint32, key, value []byte) error          { return p.store.Set(table, key, value) }
func (p plain) Delete(table uint32, key []byte) error              { return p.store.Delete(table, key) }
func (p plain) Size(table uint32) (int, error)                     { return p.store.Size(table) }
func (p plain) Keys(table uint32, after []byte, descending bool, yield func([]byte) bool) error {
	return p.store.Keys(table, after, descending, yield)
}

// rowsOf is everything that a store has, without the notes of the module, in which ids are used up.
func rowsOf(store *MemoryStore) map[string]string {
	all := map[string]string{}
	_ = store.Tables(func(table uint32) bool {
		if table == TableSystemFirst {
			return true
		}
		_ = store.Keys(table, nil, false, func(key []byte) bool {
			value, _, _ := store.Get(table, key)
			all[fmt.Sprintf("%d %x", table, key)] = string(value)
			return true
		})
		return true
	})
	return all
}

func TestInstancesOverOneStoreCountOn(t *testing.T) {
	for name, store := range map[string]Store{"units": NewMemoryStore(), "no units": plain{NewMemoryStore()}} {
		shared := Share(store)
		var both []*Instance
		for range 2 {
			instance, err := module.New(ctx, shared, Options{})
			if err != nil {
				t.Fatal(err)
			}
			both = append(both, instance)
		}
		value(t, both[0], "local n = 0 function _home.count() n = n + 1 return n end")
		for count := range int64(6) {
			if got := value(t, both[count%2], "return _home.count()"); got != count+1 {
				t.Fatalf("%s: %v, not %d", name, got, count+1)
			}
		}
		// The host is a writer, too.
		value(t, both[0], "_home.list = {1} function _home.first() return _home.list[1] end")
		key, _ := EncodeKey("list")
		if err := shared.Update(ctx, func(store Store) error { return store.Delete(TableHome, key) }); err != nil {
			t.Fatal(err)
		}
		if _, err := both[0].Call(ctx, "_home.first"); err == nil {
			t.Errorf("%s: the instance was not told", name)
		}
	}
}

func TestAConcurrentCounterLosesNothing(t *testing.T) {
	shared := Share(NewMemoryStore())
	const instances, goroutines, calls = 3, 4, 50
	var group sync.WaitGroup
	for at := range instances {
		instance, err := module.New(ctx, shared, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if at == 0 {
			value(t, instance, "local n = 0 function _home.count() n = n + 1 return n end")
		}
		for range goroutines {
			group.Add(1)
			go func() {
				defer group.Done()
				for range calls {
					if _, err := instance.Call(ctx, "_home.count"); err != nil {
						t.Error(err)
					}
				}
			}()
		}
	}
	group.Wait()
	instance, err := module.New(ctx, shared, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := value(t, instance, "return _home.count()"); got != int64(instances*goroutines*calls+1) {
		t.Error(got)
	}
}

func TestAtomic(t *testing.T) {
	const begin = "_home.a = 1 local n = 0 function _home.count() n = n + 1 return n end _home.count()"
	const fails = "_home.a = 2 _home.b = {} _home.count() error('no')"
	for _, atomic := range []Atomic{NotAtomic, AtomicByNotes, AtomicByStore} {
		store := NewMemoryStore()
		instance := open(t, store, Options{Atomic: atomic})
		value(t, instance, begin)
		before := rowsOf(store)
		if _, err := instance.Compute(ctx, fails); !errors.As(err, new(*LuaError)) {
			t.Fatal(err)
		}
		if undone := maps.Equal(rowsOf(store), before); undone != (atomic != NotAtomic) {
			t.Errorf("%q: undone is %v", atomic, undone)
		}
		if got := value(t, instance, "return _home.count()"); (got == int64(2)) != (atomic != NotAtomic) {
			t.Errorf("%q: the count is %v", atomic, got)
		}
	}
	if _, err := module.New(ctx, Share(plain{NewMemoryStore()}), Options{Atomic: AtomicByStore}); !errors.Is(err, ErrCannotRollBack) {
		t.Error(err)
	}
	if Share(plain{}).CanRollBack() || !Share(NewMemoryStore()).CanRollBack() {
		t.Error("a store does not say whether it can roll back")
	}
}

func TestTurns(t *testing.T) {
	shared := Share(NewMemoryStore())
	var instance *Instance
	instance, err := module.New(ctx, shared, Options{Functions: map[string]Function{
		"again": Sync(func(ctx context.Context, _ []any) ([]any, error) {
			_, own := instance.Compute(ctx, "return 1")
			_, other := module.New(ctx, shared, Options{})
			update := shared.Update(ctx, func(Store) error { return nil })
			return []any{errors.Is(own, ErrBusy), errors.Is(other, ErrBusy), errors.Is(update, ErrBusy)}, nil
		}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	response, err := instance.Compute(ctx, "return host.again()")
	if err != nil || fmt.Sprint(response.Values) != "[true true true]" {
		t.Fatal(response, err)
	}
	var escaped context.Context
	if err := shared.InTurn(ctx, func(turn context.Context) error {
		escaped = turn
		if err := shared.SetIO(turn, "input", 20); err != nil {
			return err
		}
		if _, err := instance.Compute(turn, "_io.output = _io.input + 1"); err != nil {
			return err
		}
		output, err := shared.IO(turn, "output")
		if output != int64(21) {
			t.Error(output)
		}
		// Others wait for the turn, as long as they may.
		short, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
		defer cancel()
		if _, err := instance.Compute(short, "return 1"); !errors.Is(err, context.DeadlineExceeded) || errors.As(err, new(*StoreError)) {
			t.Error(err)
		}
		return errors.Join(err, shared.ClearIO(turn))
	}); err != nil {
		t.Fatal(err)
	}
	if output, err := shared.IO(ctx, "output"); output != nil || err != nil {
		t.Error(output, err)
	}
	if _, err := instance.Compute(escaped, "return 1"); !errors.Is(err, ErrBusy) {
		t.Errorf("a context that outlived its turn: %v", err)
	}
	if err := shared.SetIO(ctx, "input", func() {}); !errors.As(err, new(*EncodeError)) {
		t.Error(err)
	}
	value(t, instance, "return 1")
}

func TestUpdateIsUndoneIfItFails(t *testing.T) {
	shared := Share(NewMemoryStore())
	err := shared.Update(ctx, func(store Store) error {
		return errors.Join(store.Set(7, []byte("key"), []byte{0}), errDisk)
	})
	if !errors.Is(err, errDisk) {
		t.Error(err)
	}
	if err := shared.Update(ctx, func(store Store) error {
		if _, found, _ := store.Get(7, []byte("key")); found {
			t.Error("it was not undone")
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestCollect(t *testing.T) {
	store := &failing{NewMemoryStore(), map[string]bool{}}
	instance := open(t, store, Options{})
	value(t, instance, "_home.list = { { {} } , 2 }")
	value(t, instance, "_home.list = nil")
	store.fails["delete"] = true
	if err := instance.Collect(ctx); !errors.As(err, new(*StoreError)) || !errors.Is(err, errDisk) {
		t.Error(err)
	}
	store.fails = nil
	if err := instance.Collect(ctx); err != nil {
		t.Error(err)
	}
	var tables []uint32
	_ = store.Tables(func(table uint32) bool { tables = append(tables, table); return true })
	if slices.ContainsFunc(tables, func(table uint32) bool { return table > TableIO && table < TableSystemFirst }) {
		t.Errorf("tables that nothing reaches: %v", tables)
	}
	// A store that cannot list its tables is collected, too.
	bare := plain{NewMemoryStore()}
	other := open(t, bare, Options{})
	value(t, other, "_home.list = { { {} } , 2 }")
	value(t, other, "_home.list = nil")
	if err := other.Collect(ctx); err != nil || len(bare.store.tables) != 1 && slices.Max(slices.Collect(maps.Keys(bare.store.tables))) < TableSystemFirst {
		t.Error(err, bare.store.tables)
	}
}

func TestHomesByName(t *testing.T) {
	shared := Share(NewMemoryStore())
	for _, name := range []string{"ada", "bob", "ada"} {
		instance, err := module.New(ctx, shared, Options{Home: name})
		if err != nil {
			t.Fatal(err)
		}
		value(t, instance, "_home.visits = (_home.visits or 0) + 1")
		wanted := int64(1)
		if other, _ := instance.With(Options{Home: "ada"}); name == "bob" {
			if got := value(t, other, "return _home.visits"); got != int64(1) {
				t.Error(got)
			}
			wanted = 1
		}
		if got := value(t, instance, "return _home.visits"); got.(int64) < wanted {
			t.Error(name, got)
		}
	}
}

func TestAClosedInstanceSaysSo(t *testing.T) {
	instance := open(t, nil, Options{})
	if err := instance.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := instance.Compute(ctx, "return 1"); !errors.Is(err, ErrOver) || !errors.Is(err, ErrClosed) || !strings.Contains(err.Error(), "closed") {
		t.Error(err)
	}
	if err := instance.Close(ctx); err != nil {
		t.Error(err)
	}
}

func TestClosingAModuleWaitsForItsCallsAndEndsItsInstances(t *testing.T) {
	own, err := Open(ctx, wasm, testEngine())
	if err != nil {
		t.Fatal(err)
	}
	var inside error
	began := make(chan struct{})
	instance, err := own.New(ctx, nil, Options{Functions: map[string]Function{
		"close": Sync(func(ctx context.Context, _ []any) ([]any, error) {
			inside = own.Close(ctx)
			close(began)
			return nil, nil
		}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() {
		_, err := instance.Compute(ctx, "host.close() for i = 1, 5000000 do end return 1")
		ended <- err
	}()
	<-began
	if !errors.Is(inside, ErrBusy) {
		t.Error(inside)
	}
	soon, cancel := context.WithTimeout(ctx, time.Microsecond)
	defer cancel()
	if err := own.Close(soon); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	closed := make(chan error)
	go func() { closed <- own.Close(ctx) }()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if _, err := instance.Compute(ctx, "return 1"); !errors.Is(err, ErrOver) || !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if _, err := own.New(ctx, nil, Options{}); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if err := errors.Join(instance.Close(ctx), own.Close(ctx)); err != nil {
		t.Error(err)
	}
}

func TestAStoreThatDoesNotKeepTheChangesEndsTheInstance(t *testing.T) {
	for _, code := range []string{"_home.a = 1", "_home.a = 1 error('no')"} {
		store := &breaking{MemoryStore: NewMemoryStore()}
		instance := open(t, store, Options{})
		value(t, instance, "return 1")
		store.failsCommit = true
		var commit *CommitError
		if _, err := instance.Compute(ctx, code); !errors.As(err, &commit) || !errors.Is(err, errDisk) {
			t.Errorf("%s: %v", code, err)
		}
		store.failsCommit = false
		if _, err := instance.Compute(ctx, "return 1"); !errors.Is(err, ErrOver) || !errors.Is(err, errDisk) {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestARateOfTheStoreIsNamedInTheError(t *testing.T) {
	store := &rated{MemoryStore: NewMemoryStore()}
	instance := open(t, store, Options{})
	store.limited = true
	_, err := instance.Compute(ctx, "_home.a = 1")
	var failed *HostError
	if !errors.As(err, &failed) || !errors.Is(err, ErrTooManyOperations) || !strings.HasSuffix(failed.Lua.Message, "it answered -429, too many operations a second") {
		t.Error(err)
	}
}

type rated struct {
	*MemoryStore
	limited bool
}

func (r *rated) Set(table uint32, key, value []byte) error {
	if r.limited {
		return fmt.Errorf("slowly: %w", ErrTooManyOperations)
	}
	return r.MemoryStore.Set(table, key, value)
}
