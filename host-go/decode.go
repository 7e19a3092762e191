package cu

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"slices"
)

// A MalformedError says that bytes are no encoding, and which byte is the first that cannot be right.
type MalformedError struct {
	Offset  int
	Problem string
}

func (e *MalformedError) Error() string { return fmt.Sprintf("cu: byte %d: %s", e.Offset, e.Problem) }

// Decode reads one value as it stands under a key of a table; a compressed one is expanded.
func Decode(encoded []byte) (any, error) {
	r := reader{bytes: encoded}
	if len(encoded) > 0 && encoded[0] == TagCompressed {
		return expand(encoded)
	}
	value, err := r.value()
	if err == nil && r.at < len(encoded) {
		err = r.malformed(r.at, "bytes after the value")
	}
	if err != nil {
		return nil, err
	}
	return value, nil
}

// DecodeAll reads values one after another, as in a response.
func DecodeAll(encoded []byte) ([]any, error) {
	r := reader{bytes: encoded}
	return r.rest()
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

func (r *reader) malformed(at int, problem string) error {
	return &MalformedError{Offset: at, Problem: problem}
}

func (r *reader) rest() (values []any, err error) {
	for r.at < len(r.bytes) {
		value, err := r.value()
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

func (r *reader) take(count int) ([]byte, error) {
	if len(r.bytes)-r.at < count {
		return nil, r.malformed(len(r.bytes), "the value is cut off")
	}
	r.at += count
	return r.bytes[r.at-count : r.at], nil
}

func (r *reader) u32() (uint32, error) {
	word, err := r.take(4)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(word), nil
}

func (r *reader) u64() (uint64, error) {
	word, err := r.take(8)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(word), nil
}

// block reads a length and so many bytes.
func (r *reader) block() ([]byte, error) {
	at := r.at
	length, err := r.u32()
	if err != nil {
		return nil, err
	}
	if uint64(length) > uint64(len(r.bytes)-r.at) {
		return nil, r.malformed(at, fmt.Sprintf("the length %d exceeds the %d bytes that are left", length, len(r.bytes)-r.at))
	}
	return r.take(int(length))
}

func (r *reader) value() (any, error) {
	at := r.at
	tag, err := r.take(1)
	if err != nil {
		return nil, err
	}
	switch tag[0] {
	case TagNil:
		return nil, nil
	case TagBoolean:
		flag, err := r.take(1)
		if err == nil && flag[0] > 1 {
			err = r.malformed(r.at-1, fmt.Sprintf("a boolean is %d, neither 0 nor 1", flag[0]))
		}
		return err == nil && flag[0] == 1, err
	case TagInteger:
		bits, err := r.u64()
		return int64(bits), err
	case TagFloat:
		bits, err := r.u64()
		if number := math.Float64frombits(bits); !math.IsNaN(number) {
			return number, err
		}
		return math.Float64frombits(canonicalNaN), err
	case TagString:
		text, err := r.block()
		return string(text), err
	case TagTable:
		if r.depth == ValueDepth {
			return nil, r.malformed(at, fmt.Sprintf("tables are nested deeper than %d", ValueDepth))
		}
		return r.table()
	case TagExternal:
		id, err := r.u32()
		return External(id), err
	case TagLibrary:
		return r.library()
	case TagFunction:
		if r.sent {
			break
		}
		id, err := r.block()
		if err == nil && len(id) != 4 {
			err = r.malformed(at+1, fmt.Sprintf("the id of a function has %d bytes, not 4", len(id)))
		}
		if err != nil {
			return nil, err
		}
		return StoredFunction(binary.LittleEndian.Uint32(id)), nil
	case TagBigInteger:
		return r.bigInteger()
	}
	return nil, r.malformed(at, fmt.Sprintf("no value begins with the tag %#02x here", tag[0]))
}

func (r *reader) library() (any, error) {
	at := r.at
	name, err := r.block()
	if err == nil && len(name) == 0 {
		err = r.malformed(at, "a function of the library has no name")
	}
	for index, letter := range name {
		if letter < 0x21 || letter > 0x7e {
			return nil, r.malformed(at+4+index, fmt.Sprintf("%#02x is no letter of a library function's name", letter))
		}
	}
	return Library(name), err
}

func (r *reader) bigInteger() (any, error) {
	at := r.at
	content, err := r.block()
	if err != nil {
		return nil, err
	}
	if len(content) == 0 {
		return nil, r.malformed(at, "a big integer has no sign")
	}
	if content[0] > 1 {
		return nil, r.malformed(at+4, fmt.Sprintf("a sign is %d, neither 0 nor 1", content[0]))
	}
	magnitude := slices.Clone(content[1:])
	slices.Reverse(magnitude)
	number := new(big.Int).SetBytes(magnitude)
	if content[0] == 1 {
		number.Neg(number)
	}
	return number, nil
}

func (r *reader) table() (any, error) {
	at := r.at
	content, err := r.block()
	if err != nil {
		return nil, err
	}
	if len(content) < 4 {
		return nil, r.malformed(at, fmt.Sprintf("a table of %d bytes has no room for its number of pairs", len(content)))
	}
	outside, end := r.bytes, r.at
	r.bytes, r.at = r.bytes[:end], at+8
	r.depth++
	count := binary.LittleEndian.Uint32(content)
	if uint64(count) > uint64(len(content)-4)/2 {
		return nil, r.malformed(at+4, fmt.Sprintf("%d pairs are more than %d bytes have room for", count, len(content)-4))
	}
	var table Table
	for ; count > 0; count-- {
		keyAt := r.at
		key, err := r.value()
		if err != nil {
			return nil, err
		}
		if number, isFloat := key.(float64); key == nil || isFloat && math.IsNaN(number) {
			return nil, r.malformed(keyAt, "nil and NaN are no keys")
		}
		value, err := r.value()
		if err != nil {
			return nil, err
		}
		table = append(table, Pair{key, value})
	}
	if r.at < end {
		return nil, r.malformed(at, "a table is longer than its pairs")
	}
	r.bytes = outside
	r.depth--
	return table, nil
}
