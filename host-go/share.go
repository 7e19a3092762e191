package cu

import (
	"context"
	"fmt"
	"sync/atomic"
)

// Shared is a store with its turns: one call at a time uses it, of however many instances, until its answer is read. It counts what
// changes it, so that each instance is told when another one, or the host, did.
type Shared struct {
	store Store
	units Units // nil if the store cannot roll back
	turn  chan struct{}
	// version counts calls that changed something. It belongs to who has the turn.
	version uint64
}

// Share makes a store ready for instances. Call it once for each store: two of them would not know of each other's turns. It panics if
// there is none.
func Share(store Store) *Shared {
	if store == nil {
		panic("cu: Share of no store")
	}
	units, _ := store.(Units)
	return &Shared{store: store, units: units, turn: make(chan struct{}, 1)}
}

// CanRollBack says whether the store undoes a call that trapped or, if it is to be atomic, failed.
func (s *Shared) CanRollBack() bool { return s.units != nil }

// A turn is one's right to use the store. A context can have it, for several calls.
type turn struct{ busy atomic.Bool }

type turnKey struct{ shared *Shared }

// take waits for the turn, and returns the end of it. A context that has the turn has it already; one of a call that runs is refused.
func (s *Shared) take(ctx context.Context) (*turn, func(), error) {
	if held, ok := ctx.Value(turnKey{s}).(*turn); ok {
		if !held.busy.CompareAndSwap(false, true) {
			return nil, nil, ErrBusy
		}
		return held, func() { held.busy.Store(false) }, nil
	}
	select {
	case s.turn <- struct{}{}:
	default:
		select {
		case s.turn <- struct{}{}:
		case <-ctx.Done():
			return nil, nil, fmt.Errorf("cu: nothing has run: the store's turn did not come: %w", context.Cause(ctx))
		}
	}
	taken := new(turn)
	taken.busy.Store(true)
	return taken, s.release, nil
}

// ended is the error of what does not begin because its context has ended.
func ended(ctx context.Context) error {
	if ctx.Err() != nil {
		return fmt.Errorf("cu: nothing has run: %w", context.Cause(ctx))
	}
	return nil
}

func (s *Shared) release() { <-s.turn }

// InTurn calls act in one turn: calls with the context that it gets are made without another one's in between. So a host stores a
// request's input, computes, and reads the output.
func (s *Shared) InTurn(ctx context.Context, act func(ctx context.Context) error) error {
	taken, release, err := s.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := ended(ctx); err != nil {
		return err
	}
	taken.busy.Store(false)
	defer taken.busy.Store(true) // a context that outlives its turn is refused
	return act(context.WithValue(ctx, turnKey{s}, taken))
}

// Update lets the host read and change the store, as one unit and in a turn. If act fails, its changes are undone if the store can.
func (s *Shared) Update(ctx context.Context, act func(store Store) error) error {
	_, release, err := s.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := ended(ctx); err != nil {
		return err
	}
	counted := &countingStore{Store: s.store}
	return s.unit(ctx, &counted.changed, func() (bool, error) {
		err := act(counted)
		return err == nil, err
	})
}

// unit runs act between Begin and Commit; or Rollback, if act says that its changes are not to be kept, panics, or ends the goroutine. An
// error of Commit comes before one of act.
func (s *Shared) unit(ctx context.Context, changed *bool, act func() (keep bool, err error)) (err error) {
	if s.units != nil {
		if err := s.units.Begin(ctx); err != nil {
			return &StoreError{"the store did not begin a unit", err}
		}
	}
	keep := false
	defer func() {
		// Counted in every case: who undid changes may have shown them before.
		if *changed {
			s.version++
		}
		if s.units == nil {
			return
		}
		if keep {
			if failed := s.units.Commit(); failed != nil {
				err = &CommitError{failed}
			}
		} else if failed := s.units.Rollback(); failed != nil {
			err = &CommitError{failed}
		}
	}()
	keep, err = act()
	return err
}

// A countingStore notes that something was changed.
type countingStore struct {
	Store
	changed bool
}

func (s *countingStore) Set(table uint32, key, value []byte) error {
	s.changed = s.changed || table != TableIO
	return s.Store.Set(table, key, value)
}

func (s *countingStore) Delete(table uint32, key []byte) error {
	s.changed = s.changed || table != TableIO
	return s.Store.Delete(table, key)
}
