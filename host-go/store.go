package cu

// A Store holds tables: keys and values by the number of a table. An unknown table is an empty one. Only one goroutine at a time uses a
// store. Keys and values that it is given are the caller's again after the call; what it returns stays as it is until the next call.
type Store interface {
	// Get returns the value under a key, and whether there is one.
	Get(table uint32, key []byte) (value []byte, found bool, err error)
	// Set has stored the value when it returns.
	Set(table uint32, key, value []byte) error
	// Delete removes a key. It is no error if there is none.
	Delete(table uint32, key []byte) error
	// Size returns the number of keys.
	Size(table uint32) (int, error)
	// Keys calls yield with the keys behind after, or before it if descending, in this order of their bytes, until that returns false;
	// with all keys if after is empty. The key after need not be there.
	Keys(table uint32, after []byte, descending bool, yield func(key []byte) bool) error
}
