package cu

import (
	"bytes"
	"math"
	"math/big"
	"reflect"
	"slices"
)

func init() { converted = convert }

// convert makes a value of the codec of Go's other types, and of types of the caller's own.
func convert(value any) any {
	switch v := value.(type) {
	case int:
		return int64(v)
	case []any:
		return list(len(v), func(at int) any { return v[at] })
	case big.Int:
		return &v
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if v.Uint() > math.MaxInt64 {
			unencodable("%d is more than an integer of Lua holds, %d", v.Uint(), int64(math.MaxInt64))
		}
		return int64(v.Uint())
	case reflect.Float32, reflect.Float64:
		return v.Float()
	case reflect.String:
		return v.String()
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			return string(v.Bytes())
		}
		return list(v.Len(), func(at int) any { return v.Index(at).Interface() })
	case reflect.Map:
		return sorted(v)
	}
	unencodable("a value of the type %T has no encoding", value)
	return nil
}

func list(length int, element func(int) any) Table {
	table := make(Table, length)
	for at := range table {
		table[at] = Pair{int64(at + 1), element(at)}
	}
	return table
}

// sorted has a map's pairs in the order of their keys' bytes, so that equal maps have equal bytes.
func sorted(v reflect.Value) Table {
	type entry struct {
		key []byte
		Pair
	}
	var entries []entry
	for _, name := range v.MapKeys() {
		key := name.Interface()
		if isNoKey(key) {
			unencodable("nil and NaN are no keys of a table")
		}
		entries = append(entries, entry{appendValue(nil, key, 0), Pair{key, v.MapIndex(name).Interface()}})
	}
	slices.SortFunc(entries, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
	table := make(Table, len(entries))
	for at, entry := range entries {
		if at > 0 && bytes.Equal(entries[at-1].key, entry.key) {
			unencodable("two keys of a map are the same key in Lua: %v", entry.Key)
		}
		table[at] = entry.Pair
	}
	return table
}
