package cu

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
)

// canonicalNaN is the only NaN that is ever written.
const canonicalNaN = 0x7ff8000000000000

// Encode returns a value's bytes. It refuses what has no encoding, with an *EncodeError.
func Encode(value any) ([]byte, error) { return appendValue(nil, value, 0) }

// An EncodeError says why a value has no encoding.
type EncodeError struct{ Problem string }

func (e *EncodeError) Error() string { return "cu: " + e.Problem }

func unencodable(format string, words ...any) error {
	return &EncodeError{fmt.Sprintf(format, words...)}
}

func appendValue(to []byte, value any, depth int) ([]byte, error) {
	le := binary.LittleEndian
	switch v := value.(type) {
	case nil:
		return append(to, TagNil), nil
	case bool:
		if v {
			return append(to, TagBoolean, 1), nil
		}
		return append(to, TagBoolean, 0), nil
	case int64:
		return le.AppendUint64(append(to, TagInteger), uint64(v)), nil
	case int:
		return le.AppendUint64(append(to, TagInteger), uint64(v)), nil
	case float64:
		bits := math.Float64bits(v)
		if math.IsNaN(v) {
			bits = canonicalNaN
		}
		return le.AppendUint64(append(to, TagFloat), bits), nil
	case string:
		return appendBlock(append(to, TagString), v)
	case []byte:
		return appendBlock(append(to, TagString), v)
	case External:
		return le.AppendUint32(append(to, TagExternal), uint32(v)), nil
	case StoredFunction:
		return le.AppendUint32(append(to, TagFunction, 4, 0, 0, 0), uint32(v)), nil
	case Library:
		return appendBlock(append(to, TagLibrary), v)
	case *big.Int:
		if v == nil {
			return append(to, TagNil), nil
		}
		content := append(v.Bytes(), byte(uint(v.Sign())>>63))
		slices.Reverse(content)
		return appendBlock(append(to, TagBigInteger), content)
	case Table:
		return appendTable(to, depth, len(v), func(at int) (any, any) { return v[at].Key, v[at].Value })
	case []any:
		return appendTable(to, depth, len(v), func(at int) (any, any) { return at + 1, v[at] })
	}
	return appendReflected(to, reflect.ValueOf(value), depth)
}

// appendReflected encodes values of types of the caller's own, and numbers, slices and maps of every type.
func appendReflected(to []byte, v reflect.Value, depth int) ([]byte, error) {
	switch v.Kind() {
	case reflect.Bool:
		return appendValue(to, v.Bool(), depth)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return appendValue(to, v.Int(), depth)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if v.Uint() > math.MaxInt64 {
			return nil, unencodable("%d is more than an integer of Lua holds, %d", v.Uint(), int64(math.MaxInt64))
		}
		return appendValue(to, int64(v.Uint()), depth)
	case reflect.Float32, reflect.Float64:
		return appendValue(to, v.Float(), depth)
	case reflect.String:
		return appendValue(to, v.String(), depth)
	case reflect.Slice, reflect.Array:
		return appendTable(to, depth, v.Len(), func(at int) (any, any) { return at + 1, v.Index(at).Interface() })
	case reflect.Map:
		return appendMap(to, v, depth)
	}
	return nil, unencodable("a value of the type %s has no encoding", v.Type())
}

// appendMap writes pairs in the order of their keys' bytes, so that equal maps have equal bytes.
func appendMap(to []byte, v reflect.Value, depth int) ([]byte, error) {
	type entry struct {
		key   []byte
		value any
	}
	var entries []entry
	for _, name := range v.MapKeys() {
		if element := v.MapIndex(name).Interface(); element != nil {
			key, err := appendKeyOfPair(nil, name.Interface(), depth+1)
			if err != nil {
				return nil, err
			}
			entries = append(entries, entry{key, element})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
	return framed(to, depth, func(to []byte) ([]byte, int, error) {
		for at, entry := range entries {
			if at > 0 && bytes.Equal(entries[at-1].key, entry.key) {
				return nil, 0, unencodable("two keys of a map are the same key in Lua")
			}
			var err error
			if to, err = appendValue(append(to, entry.key...), entry.value, depth+1); err != nil {
				return nil, 0, err
			}
		}
		return to, len(entries), nil
	})
}

// appendTable leaves out pairs whose value is nil.
func appendTable(to []byte, depth, length int, pair func(int) (key, value any)) ([]byte, error) {
	return framed(to, depth, func(to []byte) (_ []byte, count int, err error) {
		for at := range length {
			key, value := pair(at)
			if value == nil {
				continue
			}
			if to, err = appendKeyOfPair(to, key, depth+1); err == nil {
				to, err = appendValue(to, value, depth+1)
			}
			if err != nil {
				return nil, 0, err
			}
			count++
		}
		return to, count, nil
	})
}

func appendKeyOfPair(to []byte, key any, depth int) ([]byte, error) {
	if number, isFloat := key.(float64); key == nil || isFloat && math.IsNaN(number) {
		return nil, unencodable("nil and NaN are no keys of a table")
	}
	return appendValue(to, key, depth)
}

// framed writes tag, length and number of pairs around what content writes.
func framed(to []byte, depth int, content func([]byte) ([]byte, int, error)) ([]byte, error) {
	if depth == ValueDepth {
		return nil, unencodable("tables are nested deeper than %d", ValueDepth)
	}
	start := len(to)
	to, count, err := content(append(to, TagTable, 0, 0, 0, 0, 0, 0, 0, 0))
	if err != nil {
		return nil, err
	}
	length := len(to) - start - 5
	if uint64(length) > math.MaxUint32 {
		return nil, unencodable("a table of %d bytes; a length holds %d", length, uint32(math.MaxUint32))
	}
	binary.LittleEndian.PutUint32(to[start+1:], uint32(length))
	binary.LittleEndian.PutUint32(to[start+5:], uint32(count))
	return to, nil
}

func appendBlock[T ~string | ~[]byte](to []byte, content T) ([]byte, error) {
	if uint64(len(content)) > math.MaxUint32 {
		return nil, unencodable("a string of %d bytes; a length holds %d", len(content), uint32(math.MaxUint32))
	}
	return append(binary.LittleEndian.AppendUint32(to, uint32(len(content))), content...), nil
}
