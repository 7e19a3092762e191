package cu

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
)

const (
	compressedHeadBytes = 9
	// bestRatio is that of deflate: 258 bytes for two bits.
	bestRatio = 1032
)

// expand reads a compressed string: original length of its encoding, length, a raw deflate. Memory grows with the
// inflated bytes, never beyond the original length.
func expand(encoded []byte) (any, error) {
	r := reader{bytes: encoded, at: 1}
	original, err := r.u32()
	if err != nil {
		return nil, err
	}
	deflated, err := r.block()
	if err != nil {
		return nil, err
	}
	if r.at < len(encoded) {
		return nil, r.malformed(r.at, "bytes after the value")
	}
	if uint64(original) > uint64(len(deflated))*bestRatio {
		return nil, r.malformed(1, fmt.Sprintf("%d bytes cannot inflate to %d", len(deflated), original))
	}
	source := bytes.NewReader(deflated)
	var plain bytes.Buffer
	_, err = io.Copy(&plain, io.LimitReader(flate.NewReader(source), int64(original)+1))
	at := compressedHeadBytes + len(deflated) - source.Len()
	switch {
	case err != nil:
		return nil, r.malformed(at, "the compressed bytes are cut off or damaged: "+err.Error())
	case plain.Len() != int(original):
		return nil, r.malformed(at, fmt.Sprintf("inflating gives other than the stated %d bytes", original))
	case source.Len() > 0:
		return nil, r.malformed(at, "bytes after the compressed ones")
	case plain.Len() == 0 || plain.Bytes()[0] != TagString:
		return nil, r.malformed(compressedHeadBytes, "a compressed value that is no string")
	}
	value, err := Decode(plain.Bytes())
	if err != nil {
		return nil, r.malformed(compressedHeadBytes, "a compressed value that is no whole string")
	}
	return value, nil
}
