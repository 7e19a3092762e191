package cu

import (
	"encoding/binary"
	"fmt"
)

// at is linear memory itself, until the module runs again. Every pointer and length is checked here.
func (m *machine) at(pointer, length uint64) []byte {
	bytes, ok := m.module.Memory().Read(uint32(pointer), uint32(length))
	if !ok {
		failIf(fmt.Errorf("cu: %d bytes at %d are not in the module's memory", uint32(length), uint32(pointer)))
	}
	return bytes
}

// word reads a number of four bytes that are there.
func word(bytes []byte, at int) uint32 { return binary.LittleEndian.Uint32(bytes[at:]) }
