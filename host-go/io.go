package cu

import "context"

// SetIO stores a value that scripts find as _io.NAME, such as _io.input. It stays until it is replaced or cleared.
func (s *Shared) SetIO(ctx context.Context, name string, value any) error {
	encoded, err := Encode(value)
	if err != nil {
		return err
	}
	key, err := EncodeKey(name)
	if err != nil {
		return err
	}
	return s.Update(ctx, func(store Store) error {
		if value == nil {
			return store.Delete(TableIO, key)
		}
		return store.Set(TableIO, key, encoded)
	})
}

// IO returns what is in _io.NAME, such as the _io.output of a script; nil if there is nothing.
func (s *Shared) IO(ctx context.Context, name string) (value any, err error) {
	key, err := EncodeKey(name)
	if err != nil {
		return nil, err
	}
	err = s.Update(ctx, func(store Store) error {
		encoded, found, err := store.Get(TableIO, key)
		if found && err == nil {
			value, err = Decode(encoded)
		}
		return err
	})
	return value, err
}

// ClearIO empties _io: what one request left there is not for the script of the next.
func (s *Shared) ClearIO(ctx context.Context) error {
	return s.Update(ctx, func(store Store) error {
		var keys [][]byte
		err := store.Keys(TableIO, nil, false, func(key []byte) bool {
			keys = append(keys, append([]byte(nil), key...))
			return true
		})
		for _, key := range keys {
			if err == nil {
				err = store.Delete(TableIO, key)
			}
		}
		return err
	})
}
