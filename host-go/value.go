package cu

// Lua's values in Go: nil, bool, int64, float64, string (of any bytes), *big.Int, Table, External, StoredFunction, Library.
// Encode takes other integers, []byte, and slices and maps of all of these, too.

// A Table is a table by its content: pairs, in the order in which they were encoded.
type Table []Pair

// A Pair is a key of a table, which is neither nil nor NaN, and its value.
type Pair struct{ Key, Value any }

// External is the id of a table in the store, which was not sent by its content.
type External uint32

// StoredFunction is the id of a Lua function in a store. It is no result, and no argument.
type StoredFunction uint32

// Library is the name of a function of Lua's library or of the host, or of a library, such as "string.format".
type Library string

// Get returns the value under a key that is a string, a bool or a number, and nil if there is none. Of a key that stands twice the last counts.
func (t Table) Get(key any) any {
	if number, ok := key.(int); ok {
		key = int64(number)
	}
	for at := len(t) - 1; at >= 0; at-- {
		switch t[at].Key.(type) {
		case string, bool, int64, float64, Library, External:
			if t[at].Key == key {
				return t[at].Value
			}
		}
	}
	return nil
}

// List returns the values under 1, 2, 3 and so on, up to the first that is nil or absent.
func (t Table) List() []any {
	byIndex := make(map[int64]any, len(t))
	for _, pair := range t {
		if index, ok := pair.Key.(int64); ok {
			byIndex[index] = pair.Value
		}
	}
	var list []any
	for index := int64(1); byIndex[index] != nil; index++ {
		list = append(list, byIndex[index])
	}
	return list
}

// Map returns what stands under keys that are strings.
func (t Table) Map() map[string]any {
	byName := make(map[string]any, len(t))
	for _, pair := range t {
		if name, ok := pair.Key.(string); ok {
			byName[name] = pair.Value
		}
	}
	return byName
}
