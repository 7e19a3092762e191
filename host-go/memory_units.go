package cu

import (
	"context"
	"errors"
	"maps"
	"slices"
)

// undo has what the keys that a unit changed had before it; nil for none. Outside of a unit, it is nil itself.
type undo map[place]*[]byte

// A place is a key in a table.
type place struct {
	table uint32
	key   string
}

// replaced notes a value that another one takes the place of, and returns memory for that.
func (u undo) replaced(table uint32, key, value []byte) []byte {
	if u.note(table, key, &value) {
		return nil
	}
	return value[:0]
}

func (u undo) added(table uint32, key []byte) { u.note(table, key, nil) }

func (u undo) removed(table uint32, key, value []byte) {
	if !u.note(table, key, &value) && u != nil && u[place{table, string(key)}] == nil {
		// A key that the unit made, and removed, is as it was: scripts may do so without end.
		delete(u, place{table, string(key)})
	}
}

// note notes what a key had before the unit changed it for the first time, and says whether it did.
func (u undo) note(table uint32, key []byte, value *[]byte) bool {
	if u == nil {
		return false
	}
	if _, noted := u[place{table, string(key)}]; noted {
		return false
	}
	u[place{table, string(key)}] = value
	return true
}

// Begin implements Units.
func (s *MemoryStore) Begin(context.Context) error {
	if s.undo != nil {
		return errors.New("cu: a unit of this store has begun and not ended")
	}
	s.undo = undo{}
	return nil
}

// Commit implements Units.
func (s *MemoryStore) Commit() error {
	s.undo = nil
	return nil
}

// Rollback implements Units.
func (s *MemoryStore) Rollback() error {
	changed := s.undo
	s.undo = nil
	for place, before := range changed {
		var err error
		if before == nil {
			err = s.Delete(place.table, []byte(place.key))
		} else {
			err = s.Set(place.table, []byte(place.key), *before)
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
