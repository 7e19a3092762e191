package cu

import (
	"context"
	"fmt"
	"unicode/utf8"
)

// ClassName returns the name of a table's class, __name of its metatable as the store has it now; "" for a table without a metatable, or
// whose metatable has no name that is text in UTF-8.
func (s *Shared) ClassName(ctx context.Context, table External) (name string, err error) {
	err = s.Update(ctx, func(store Store) error {
		reference, err := stored(store, TableMetatables, int64(table))
		if err != nil || reference == nil {
			return err
		}
		metatable, isTable := reference.(External)
		if !isTable {
			return fmt.Errorf("cu: table %d has a metatable that is no table: the store is damaged", uint32(table))
		}
		value, err := stored(store, uint32(metatable), ClassName)
		if text, isText := value.(string); isText && utf8.ValidString(text) {
			name = text
		}
		return err
	})
	return name, err
}

// stored returns the value under a key of a table, nil if there is none.
func stored(store Store, table uint32, key any) (any, error) {
	bytes, err := EncodeKey(key)
	if err != nil {
		return nil, err
	}
	encoded, found, err := store.Get(table, bytes)
	if err != nil || !found {
		return nil, err
	}
	return Decode(encoded)
}
