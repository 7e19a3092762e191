package cu

import (
	"bytes"
	"context"
	"errors"
	"slices"
)

// blockKeys is the most keys of a block: few enough to move them for one more, many enough that there are few blocks.
const blockKeys = 256

// A MemoryStore has its tables in memory. It can roll back.
type MemoryStore struct {
	tables map[uint32]*memoryTable
	// before has, in a unit, what the keys that it changed had before it; nil outside of one.
	before map[place]*[]byte
}

// A place is a key in a table.
type place struct {
	table uint32
	key   string
}

// A memoryTable has its entries in blocks, none of which is empty, in the order of their keys.
type memoryTable struct {
	blocks [][]entry
	size   int
}

type entry struct{ key, value []byte }

// NewMemoryStore returns an empty one.
func NewMemoryStore() *MemoryStore { return &MemoryStore{tables: map[uint32]*memoryTable{}} }

// find returns where a key is, or where it would be: the block, and the place in that.
func (t *memoryTable) find(key []byte) (block, at int, found bool) {
	block, found = slices.BinarySearchFunc(t.blocks, key, func(b []entry, key []byte) int { return bytes.Compare(b[0].key, key) })
	if found || block == 0 {
		return block, 0, found
	}
	block--
	at, found = slices.BinarySearchFunc(t.blocks[block], key, func(e entry, key []byte) int { return bytes.Compare(e.key, key) })
	return block, at, found
}

// Get implements Store.
func (s *MemoryStore) Get(table uint32, key []byte) ([]byte, bool, error) {
	if t := s.tables[table]; t != nil {
		if block, at, found := t.find(key); found {
			return t.blocks[block][at].value, true, nil
		}
	}
	return nil, false, nil
}

// Set implements Store.
func (s *MemoryStore) Set(table uint32, key, value []byte) error {
	t := s.tables[table]
	if t == nil {
		t = &memoryTable{}
		s.tables[table] = t
	}
	block, at, found := t.find(key)
	if found {
		old := &t.blocks[block][at].value
		if s.remember(table, key, old) {
			*old = nil // it is what a rollback puts back
		}
		*old = append((*old)[:0], value...)
		return nil
	}
	s.remember(table, key, nil)
	t.insert(block, at, entry{bytes.Clone(key), bytes.Clone(value)})
	return nil
}

func (t *memoryTable) insert(block, at int, e entry) {
	t.size++
	if len(t.blocks) == 0 {
		t.blocks = [][]entry{{e}}
		return
	}
	grown := slices.Insert(t.blocks[block], at, e)
	t.blocks[block] = grown
	if len(grown) <= blockKeys {
		return
	}
	half := len(grown) / 2
	if block == len(t.blocks)-1 && at == len(grown)-1 {
		half = at // keys that come in order fill their blocks
	}
	t.blocks[block] = slices.Clip(grown[:half])
	t.blocks = slices.Insert(t.blocks, block+1, slices.Clone(grown[half:]))
}

// Delete implements Store.
func (s *MemoryStore) Delete(table uint32, key []byte) error {
	t := s.tables[table]
	if t == nil {
		return nil
	}
	block, at, found := t.find(key)
	if !found {
		return nil
	}
	s.remember(table, key, &t.blocks[block][at].value)
	t.blocks[block] = slices.Delete(t.blocks[block], at, at+1)
	if len(t.blocks[block]) == 0 {
		t.blocks = slices.Delete(t.blocks, block, block+1)
	}
	if t.size--; t.size == 0 {
		delete(s.tables, table)
	}
	// A key that the unit made, and removed, is as it was: scripts may do so without end.
	if before, noted := s.before[place{table, string(key)}]; noted && before == nil {
		delete(s.before, place{table, string(key)})
	}
	return nil
}

// remember notes what a key has before the unit changes it for the first time, and says whether it did.
func (s *MemoryStore) remember(table uint32, key []byte, value *[]byte) bool {
	if s.before == nil {
		return false
	}
	if _, noted := s.before[place{table, string(key)}]; noted {
		return false
	}
	if value != nil {
		kept := *value
		value = &kept
	}
	s.before[place{table, string(key)}] = value
	return true
}

// Size implements Store.
func (s *MemoryStore) Size(table uint32) (int, error) {
	if t := s.tables[table]; t != nil {
		return t.size, nil
	}
	return 0, nil
}

// Keys implements Store.
func (s *MemoryStore) Keys(table uint32, after []byte, descending bool, yield func(key []byte) bool) error {
	t := s.tables[table]
	if t == nil {
		return nil
	}
	block, at, found := t.find(after)
	switch {
	case descending && len(after) == 0:
		block = len(t.blocks) - 1
		at = len(t.blocks[block])
	case found && !descending && len(after) > 0:
		at++
	}
	if descending {
		for ; block >= 0; block-- {
			for at--; at >= 0; at-- {
				if !yield(t.blocks[block][at].key) {
					return nil
				}
			}
			if block > 0 {
				at = len(t.blocks[block-1])
			}
		}
		return nil
	}
	for ; block < len(t.blocks); block, at = block+1, 0 {
		for ; at < len(t.blocks[block]); at++ {
			if !yield(t.blocks[block][at].key) {
				return nil
			}
		}
	}
	return nil
}

// Tables implements Lister.
func (s *MemoryStore) Tables(yield func(table uint32) bool) error {
	ids := make([]uint32, 0, len(s.tables))
	for id := range s.tables {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if !yield(id) {
			break
		}
	}
	return nil
}

var errUnit = errors.New("cu: a unit of this store has begun and not ended")

// Begin implements Units.
func (s *MemoryStore) Begin(context.Context) error {
	if s.before != nil {
		return errUnit
	}
	s.before = map[place]*[]byte{}
	return nil
}

// Commit implements Units.
func (s *MemoryStore) Commit() error {
	s.before = nil
	return nil
}

// Rollback implements Units.
func (s *MemoryStore) Rollback() error {
	before := s.before
	s.before = nil
	for place, value := range before {
		if value == nil {
			if err := s.Delete(place.table, []byte(place.key)); err != nil {
				return err
			}
		} else if err := s.Set(place.table, []byte(place.key), *value); err != nil {
			return err
		}
	}
	return nil
}
