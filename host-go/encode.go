package cu

import (
	"encoding/binary"
	"math"
	"math/big"
	"slices"
)

// floatBits are those of a number; there is one NaN.
func floatBits(number float64) uint64 {
	if math.IsNaN(number) {
		return 0x7ff8000000000000
	}
	return math.Float64bits(number)
}

// Encode returns a value's bytes. It refuses what has no encoding, with an *EncodeError.
func Encode(value any) (encoded []byte, err error) {
	defer recovered(&err)
	return appendValue(nil, value, 0), nil
}

func appendValue(to []byte, value any, depth int) []byte {
	le := binary.LittleEndian
	switch v := value.(type) {
	case nil:
		return append(to, TagNil)
	case bool:
		if v {
			return append(to, TagBoolean, 1)
		}
		return append(to, TagBoolean, 0)
	case int64:
		return le.AppendUint64(append(to, TagInteger), uint64(v))
	case float64:
		return le.AppendUint64(append(to, TagFloat), floatBits(v))
	case string:
		return appendBlock(append(to, TagString), v)
	case External:
		return le.AppendUint32(append(to, TagExternal), uint32(v))
	case StoredFunction:
		return le.AppendUint32(append(to, TagFunction, 4, 0, 0, 0), uint32(v))
	case Library:
		return appendBlock(append(to, TagLibrary), v)
	case *big.Int:
		if v != nil {
			content := append(v.Bytes(), byte(uint64(v.Sign())>>63))
			slices.Reverse(content)
			return appendBlock(append(to, TagBigInteger), content)
		}
	case Table:
		return appendTable(to, v, depth)
	}
	return appendValue(to, converted(value), depth)
}

// converted makes one of the values above of what Go has besides (convert.go).
var converted = func(value any) any {
	unencodable("a value of the type %T has no encoding", value)
	return nil
}

// appendTable leaves out pairs whose value is nil.
func appendTable(to []byte, table Table, depth int) []byte {
	if depth == ValueDepth {
		unencodable("tables are nested deeper than %d", ValueDepth)
	}
	start, count := len(to), 0
	to = append(to, TagTable, 0, 0, 0, 0, 0, 0, 0, 0)
	for _, pair := range table {
		if pair.Value == nil {
			continue
		}
		if isNoKey(pair.Key) {
			unencodable("nil and NaN are no keys of a table")
		}
		to = appendValue(appendValue(to, pair.Key, depth+1), pair.Value, depth+1)
		count++
	}
	binary.LittleEndian.PutUint32(to[start+1:], lengthField(len(to)-start-5))
	binary.LittleEndian.PutUint32(to[start+5:], uint32(count))
	return to
}

func lengthField(length int) uint32 {
	if uint64(length) > math.MaxUint32 {
		unencodable("%d bytes; a length holds %d", length, uint32(math.MaxUint32))
	}
	return uint32(length)
}

func appendBlock[T ~string | ~[]byte](to []byte, content T) []byte {
	return append(binary.LittleEndian.AppendUint32(to, lengthField(len(content))), content...)
}
