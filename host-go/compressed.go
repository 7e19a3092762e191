package cu

import (
	"bytes"
	"compress/flate"
	"io"
)

const (
	compressedHeadBytes = 9
	// bestRatio is that of deflate: 258 bytes for two bits.
	bestRatio = 1032
)

// Decode reads one value as it stands under a key of a table; a compressed one is expanded.
func Decode(encoded []byte) (value any, err error) {
	defer recovered(&err)
	if len(encoded) > 0 && encoded[0] == TagCompressed {
		encoded = expand(encoded)
	}
	r := reader{bytes: encoded}
	value = r.value()
	r.finish()
	return value, nil
}

func (r *reader) finish() {
	if r.at < len(r.bytes) {
		malformed(r.at, "bytes after the value")
	}
}

// expand reads a compressed string: original length of its encoding, length, a raw deflate. Memory grows with the
// inflated bytes, never beyond the original length.
func expand(encoded []byte) []byte {
	r := reader{bytes: encoded, at: 1}
	original, deflated := r.u32(), r.block()
	r.finish()
	if uint64(original) > uint64(len(deflated))*bestRatio {
		malformed(1, "%d bytes cannot inflate to %d", len(deflated), original)
	}
	source := bytes.NewReader(deflated)
	var plain bytes.Buffer
	_, err := io.Copy(&plain, io.LimitReader(flate.NewReader(source), int64(original)+1))
	at := compressedHeadBytes + len(deflated) - source.Len()
	switch {
	case err != nil:
		malformed(at, "the compressed bytes are cut off or damaged: %v", err)
	case plain.Len() != int(original):
		malformed(at, "inflating gives other than the stated %d bytes", original)
	case source.Len() > 0:
		malformed(at, "bytes after the compressed ones")
	case plain.Len() < 5 || plain.Bytes()[0] != TagString || int(word(plain.Bytes(), 1)) != plain.Len()-5:
		malformed(compressedHeadBytes, "a compressed value that is no string")
	}
	return plain.Bytes()
}
