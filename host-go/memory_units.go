package cu

import (
	"context"
	"errors"
	"maps"
	"slices"
)

// A place is a key in a table.
type place struct {
	table uint32
	key   string
}

// undo has what the keys that a unit changed had before it; nil for none.
type undo map[place][]byte

// note notes what a key had before the unit changed it for the first time.
func (u undo) note(table uint32, key, had []byte, gets bool) {
	at := place{table, string(key)}
	before, noted := u[at]
	switch {
	case !noted:
		u[at] = had
	case before == nil && !gets:
		// A key that the unit made, and removed, is as it was: scripts may do so without end.
		delete(u, at)
	}
}

// Begin implements Units.
func (s *MemoryStore) Begin(context.Context) error {
	if s.changes != nil {
		return errors.New("cu: a unit of this store has begun and not ended")
	}
	s.changes = undo{}
	return nil
}

// Commit implements Units.
func (s *MemoryStore) Commit() error {
	s.changes = nil
	return nil
}

// Rollback implements Units.
func (s *MemoryStore) Rollback() error {
	changed, _ := s.changes.(undo)
	s.changes = nil
	for place, before := range changed {
		var err error
		if before == nil {
			err = s.Delete(place.table, []byte(place.key))
		} else {
			err = s.Set(place.table, []byte(place.key), before)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Tables implements Lister.
func (s *MemoryStore) Tables(yield func(table uint32) bool) error {
	for _, table := range slices.Sorted(maps.Keys(s.tables)) {
		if !yield(table) {
			break
		}
	}
	return nil
}
