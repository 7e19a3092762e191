package cu

// Lua's values in Go: nil, bool, int64, float64, string (of any bytes), *big.Int, Table, External, StoredFunction, Library.
// Encode takes other integers, []byte, and slices and maps of all of these, too.
type (
	// A Table is a table by its content: pairs, in the order in which they were encoded.
	Table []Pair
	// A Pair is a key of a table, which is neither nil nor NaN, and its value.
	Pair struct{ Key, Value any }
	// External is the id of a table in the store, which was not sent by its content.
	External uint32
	// StoredFunction is the id of a Lua function in a store. It is no result, and no argument.
	StoredFunction uint32
	// Library is the name of a function of Lua's library or of the host, or of a library, such as "string.format".
	Library string
)
