package cu

import (
	"encoding/binary"
	"fmt"

	"github.com/tetratelabs/wazero/api"
)

// memory is the linear memory of an instance. Every pointer and length is checked here.
type memory struct{ linear api.Memory }

// at is the memory itself, until the module runs again.
func (m memory) at(pointer, length uint64) ([]byte, error) {
	bytes, ok := m.linear.Read(uint32(pointer), uint32(length))
	if !ok {
		return nil, fmt.Errorf("cu: %d bytes at %d are not in the module's memory", uint32(length), uint32(pointer))
	}
	return bytes, nil
}

// word reads a number of four bytes that are there.
func word(bytes []byte, at int) uint32 { return binary.LittleEndian.Uint32(bytes[at:]) }
