package cu

import (
	"bytes"
	"slices"
)

// blockRows is the most rows of a block: few enough to move them for one more, many enough that there are few blocks.
const blockRows = 256

// A MemoryStore has its tables in memory. It can roll back.
type MemoryStore struct {
	tables map[uint32]rows
	// changes, if not nil, is told of each change before it is made: what a key had, nil for nothing, and whether it gets a value.
	changes interface {
		note(table uint32, key, had []byte, gets bool)
	}
}

// rows are those of one table, in the order of their keys: in blocks, none of which is empty.
type rows struct {
	blocks [][]row
	count  int
}

type row struct{ key, value []byte }

// NewMemoryStore returns an empty one.
func NewMemoryStore() *MemoryStore { return &MemoryStore{tables: map[uint32]rows{}} }

// find returns where a key is, or where it would be: the block, and the place in that.
func (r rows) find(key []byte) (block, at int, found bool) {
	block, found = slices.BinarySearchFunc(r.blocks, key, func(b []row, key []byte) int { return bytes.Compare(b[0].key, key) })
	if found || block == 0 {
		return block, 0, found
	}
	at, found = slices.BinarySearchFunc(r.blocks[block-1], key, func(r row, key []byte) int { return bytes.Compare(r.key, key) })
	return block - 1, at, found
}

// Get implements Store.
func (s *MemoryStore) Get(table uint32, key []byte) ([]byte, bool, error) {
	r := s.tables[table]
	block, at, found := r.find(key)
	if !found {
		return nil, false, nil
	}
	return r.blocks[block][at].value, true, nil
}

// noted tells of a change.
func (s *MemoryStore) noted(table uint32, key, had []byte, gets bool) {
	if s.changes != nil {
		s.changes.note(table, key, had, gets)
	}
}

// Set implements Store.
func (s *MemoryStore) Set(table uint32, key, value []byte) error {
	r := s.tables[table]
	block, at, found := r.find(key)
	value = append([]byte{}, value...) // never nil
	if found {
		s.noted(table, key, r.blocks[block][at].value, true)
		r.blocks[block][at].value = value
		return nil
	}
	s.noted(table, key, nil, true)
	r.insert(block, at, row{bytes.Clone(key), value})
	s.tables[table] = r
	return nil
}

func (r *rows) insert(block, at int, new row) {
	if r.count++; r.count == 1 {
		r.blocks = [][]row{nil}
	}
	grown := slices.Insert(r.blocks[block], at, new)
	r.blocks[block] = grown
	if len(grown) > blockRows {
		half := len(grown) / 2
		if block == len(r.blocks)-1 && at == len(grown)-1 {
			half = at // rows that come in order fill their blocks
		}
		r.blocks[block] = slices.Clip(grown[:half])
		r.blocks = slices.Insert(r.blocks, block+1, slices.Clone(grown[half:]))
	}
}

// Delete implements Store.
func (s *MemoryStore) Delete(table uint32, key []byte) error {
	r := s.tables[table]
	block, at, found := r.find(key)
	if !found {
		return nil
	}
	s.noted(table, key, r.blocks[block][at].value, false)
	r.blocks[block] = slices.Delete(r.blocks[block], at, at+1)
	if len(r.blocks[block]) == 0 {
		r.blocks = slices.Delete(r.blocks, block, block+1)
	}
	r.count--
	if s.tables[table] = r; r.count == 0 {
		delete(s.tables, table)
	}
	return nil
}

// Size implements Store.
func (s *MemoryStore) Size(table uint32) (int, error) {
	return s.tables[table].count, nil
}

// Keys implements Store.
func (s *MemoryStore) Keys(table uint32, after []byte, descending bool, yield func(key []byte) bool) error {
	r := s.tables[table]
	block, _, _ := r.find(after)
	each, step := slices.All[[]row], 1
	if descending {
		each, step = slices.Backward[[]row], -1
	}
	if descending && len(after) == 0 {
		block = len(r.blocks) - 1
	}
	for ; block >= 0 && block < len(r.blocks); block += step {
		for _, row := range each(r.blocks[block]) {
			if (len(after) == 0 || bytes.Compare(row.key, after) == step) && !yield(row.key) {
				return nil
			}
		}
	}
	return nil
}
