package cu

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

// The first byte of a key says its type, and the order of bytes is the order of keys.
const (
	keyString  = 0x01
	keyInteger = 0x14 // less or more by the number of bytes that follow
	keyFloat   = 0x21
	keyFalse   = 0x26
	keyTrue    = 0x27
)

// EncodeKey returns the bytes of a key of an external table: a string, an integer, a float but NaN, or a bool.
func EncodeKey(key any) (encoded []byte, err error) {
	defer recovered(&err)
	encoded = appendKey(nil, key)
	if len(encoded) > KeyBytes {
		unencodable("a key of %d bytes; %d are the most", len(encoded), KeyBytes)
	}
	return encoded, nil
}

func appendKey(to []byte, key any) []byte {
	switch k := key.(type) {
	case string:
		return append(append(append(to, keyString), bytes.ReplaceAll([]byte(k), []byte{0}, []byte{0, 0xff})...), 0)
	case int:
		return appendIntegerKey(to, int64(k))
	case int64:
		return appendIntegerKey(to, k)
	case float64:
		if k >= math.MinInt64 && k < -math.MinInt64 && k == math.Trunc(k) {
			return appendIntegerKey(to, int64(k))
		}
		if !math.IsNaN(k) {
			return binary.BigEndian.AppendUint64(append(to, keyFloat), ordered(math.Float64bits(k)))
		}
	case bool:
		if k {
			return append(to, keyTrue)
		}
		return append(to, keyFalse)
	}
	unencodable("no external table has the key %v (%T)", key, key)
	return nil
}

func appendIntegerKey(to []byte, n int64) []byte {
	magnitude := uint64(n)
	if n < 0 {
		magnitude = -magnitude
	}
	length := (bits.Len64(magnitude) + 7) / 8
	var word [8]byte
	if n < 0 {
		binary.BigEndian.PutUint64(word[:], uint64(n-1))
		to = append(to, byte(keyInteger-length))
	} else {
		binary.BigEndian.PutUint64(word[:], uint64(n))
		to = append(to, byte(keyInteger+length))
	}
	return append(to, word[8-length:]...)
}

// ordered changes a float's bits so that they sort as the floats do.
func ordered(bits uint64) uint64 {
	if bits>>63 == 1 {
		return ^bits
	}
	return bits | 1<<63
}

// DecodeKey reads a key of an external table. Every key has one encoding, and other bytes are refused.
func DecodeKey(encoded []byte) (any, error) {
	key, err := decodeKey(encoded)
	if err != nil {
		return nil, err
	}
	// What is not as short as can be, or a float that is an integer, has another encoding.
	if again, err := EncodeKey(key); err != nil || !bytes.Equal(again, encoded) {
		return nil, &MalformedError{0, fmt.Sprintf("the key %v has another encoding", key)}
	}
	return key, nil
}

func decodeKey(encoded []byte) (any, error) {
	if len(encoded) == 0 || len(encoded) > KeyBytes {
		return nil, &MalformedError{0, fmt.Sprintf("a key has %d bytes, not 1 to %d", len(encoded), KeyBytes)}
	}
	kind, rest := encoded[0], encoded[1:]
	length := int(kind) - keyInteger
	switch {
	case kind == keyString && len(rest) > 0 && rest[len(rest)-1] == 0:
		return string(bytes.ReplaceAll(rest[:len(rest)-1], []byte{0, 0xff}, []byte{0})), nil
	case kind == keyFalse || kind == keyTrue:
		return kind == keyTrue, nil
	case kind == keyFloat && len(rest) == 8:
		word := binary.BigEndian.Uint64(rest)
		if word>>63 == 1 {
			return math.Float64frombits(word &^ (1 << 63)), nil
		}
		return math.Float64frombits(^word), nil
	case length >= 0 && length <= 8 && len(rest) == length:
		return int64(bigEndian(rest, 0)), nil
	case length < 0 && length >= -8 && len(rest) == -length:
		return int64(bigEndian(rest, math.MaxUint64) + 1), nil
	}
	return nil, &MalformedError{0, fmt.Sprintf("no key has the first byte %#02x and %d more", kind, len(rest))}
}

// bigEndian reads a number whose upper bytes, which are not there, are those of above.
func bigEndian(word []byte, above uint64) uint64 {
	for _, digit := range word {
		above = above<<8 | uint64(digit)
	}
	return above
}
