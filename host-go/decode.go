package cu

import (
	"encoding/binary"
	"math"
	"math/big"
	"slices"
)

// DecodeAll reads values one after another, as in a response.
func DecodeAll(encoded []byte) (values []any, err error) {
	defer recovered(&err)
	for r := (&reader{bytes: encoded}); r.at < len(encoded); {
		values = append(values, r.value())
	}
	return values, nil
}

// A reader reads values from a frame, which is the input up to the end of the table around them. It looks at nothing
// outside of the frame, trusts no length, and reserves no memory for what a length claims.
type reader struct {
	bytes []byte
	at    int
	depth int
	// sent says that the values are sent, and not stored: then a stored function is none.
	sent bool
}

func (r *reader) take(count int) []byte {
	sound(len(r.bytes)-r.at >= count, len(r.bytes), "the value is cut off")
	r.at += count
	return r.bytes[r.at-count : r.at]
}

func (r *reader) u32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *reader) u64() uint64 { return binary.LittleEndian.Uint64(r.take(8)) }

// block reads a length and so many bytes.
func (r *reader) block() []byte {
	at := r.at
	length := r.u32()
	if left := len(r.bytes) - r.at; uint64(length) > uint64(left) {
		malformed(at, "the length %d exceeds the %d bytes that are left", length, left)
	}
	return r.take(int(length))
}

func (r *reader) value() any {
	at := r.at
	switch tag := r.take(1)[0]; {
	case tag == TagNil:
		return nil
	case tag == TagBoolean:
		return truth("a boolean", at+1, r.take(1)[0])
	case tag == TagInteger:
		return int64(r.u64())
	case tag == TagFloat:
		return math.Float64frombits(floatBits(math.Float64frombits(r.u64())))
	case tag == TagString:
		return string(r.block())
	case tag == TagTable:
		sound(r.depth < ValueDepth, at, "tables are nested deeper than %d", ValueDepth)
		return r.table()
	case tag == TagExternal:
		return External(r.u32())
	case tag == TagLibrary:
		return r.library()
	case tag == TagFunction && !r.sent:
		id := r.block()
		sound(len(id) == 4, at+1, "the id of a function has %d bytes, not 4", len(id))
		return StoredFunction(binary.LittleEndian.Uint32(id))
	case tag == TagBigInteger:
		return r.bigInteger()
	}
	malformed(at, "no value begins with the tag %#02x here", r.bytes[at])
	return nil
}

// truth is that of a byte.
func truth(what string, at int, byte byte) bool {
	if byte > 1 {
		malformed(at, "%s is %d, neither 0 nor 1", what, byte)
	}
	return byte == 1
}

func (r *reader) library() Library {
	at := r.at
	name := r.block()
	sound(len(name) > 0, at, "a function of the library has no name")
	for index, letter := range name {
		sound(letter >= 0x21 && letter <= 0x7e, at+4+index, "%#02x is no letter of a library function's name", letter)
	}
	return Library(name)
}

func (r *reader) bigInteger() *big.Int {
	at := r.at
	content := slices.Clone(r.block())
	sound(len(content) > 0, at, "a big integer has no sign")
	slices.Reverse(content[1:])
	number := new(big.Int).SetBytes(content[1:])
	if truth("a sign", at+4, content[0]) {
		number.Neg(number)
	}
	return number
}

func (r *reader) table() (table Table) {
	at := r.at
	length := len(r.block())
	sound(length >= 4, at, "a table of %d bytes has no room for its number of pairs", length)
	inside := reader{bytes: r.bytes[:r.at], at: at + 4, depth: r.depth + 1, sent: r.sent}
	count := inside.u32()
	sound(uint64(count) <= uint64(length-4)/2, at+4, "%d pairs are more than %d bytes have room for", count, length-4)
	for ; count > 0; count-- {
		keyAt := inside.at
		key := inside.value()
		sound(!isNoKey(key), keyAt, "nil and NaN are no keys")
		table = append(table, Pair{key, inside.value()})
	}
	sound(inside.at == r.at, at, "a table is longer than its pairs")
	return table
}

// isNoKey is of nil and NaN, which are no keys of tables.
func isNoKey(key any) bool {
	number, isFloat := key.(float64)
	return key == nil || isFloat && math.IsNaN(number)
}
