package cu

import (
	"context"
	"errors"
	"maps"
	"testing"
)

func TestATransactionIsKeptOrUndoneWhole(t *testing.T) {
	for name, store := range map[string]Store{"units": NewMemoryStore(), "no units": plain{NewMemoryStore()}} {
		memory, ok := store.(*MemoryStore)
		if !ok {
			memory = store.(plain).store
		}
		instance := open(t, store, Options{})
		other, err := module.New(ctx, instance.vm.shared, Options{})
		if err != nil {
			t.Fatal(err)
		}
		value(t, instance, "_home.balance = { ada = 10, bob = 0 }")
		transfer := func(ctx context.Context, part *Instance, fails bool) error {
			if _, err := part.Compute(ctx, "_home.balance.ada = _home.balance.ada - 3"); err != nil {
				return err
			}
			if _, err := part.Compute(ctx, "_home.balance.bob = 99 error('undone alone')"); !errors.As(err, new(*LuaError)) {
				t.Error(err)
			}
			if fails {
				return errDisk
			}
			_, err := part.Compute(ctx, "_home.balance.bob = _home.balance.bob + 3")
			return err
		}
		before := rowsOf(memory)
		if err := instance.Transaction(ctx, func(ctx context.Context, part *Instance) error { return transfer(ctx, part, true) }); !errors.Is(err, errDisk) {
			t.Errorf("%s: %v", name, err)
		}
		if !maps.Equal(before, rowsOf(memory)) {
			t.Errorf("%s: it was not undone", name)
		}
		func() {
			defer func() {
				if recover() != errDisk {
					t.Errorf("%s: the panic is lost", name)
				}
			}()
			_ = instance.Transaction(ctx, func(ctx context.Context, part *Instance) error {
				_ = transfer(ctx, part, false)
				panic(errDisk)
			})
		}()
		if !maps.Equal(before, rowsOf(memory)) {
			t.Errorf("%s: it was not undone after a panic", name)
		}
		ended, end := context.WithCancel(ctx)
		if err := instance.Transaction(ended, func(ctx context.Context, part *Instance) error { end(); return transfer(ctx, part, false) }); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		if !maps.Equal(before, rowsOf(memory)) {
			t.Errorf("%s: it was not undone after the end of its context", name)
		}
		if err := instance.Transaction(ctx, func(ctx context.Context, part *Instance) error { return transfer(ctx, part, false) }); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := value(t, other, "return _home.balance.ada * 100 + _home.balance.bob"); got != int64(703) {
			t.Errorf("%s: %v", name, got)
		}
		value(t, instance, "return 1")
	}
}
