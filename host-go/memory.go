package cu

import (
	"encoding/binary"

	"github.com/tetratelabs/wazero/api"
)

// memory is the linear memory of an instance. Every pointer and length is checked here: what does not lie in it whole is not there.
type memory struct{ linear api.Memory }

// at is the memory itself, until the module runs again.
func (m memory) at(pointer, length uint64) ([]byte, bool) {
	return m.linear.Read(uint32(pointer), uint32(length))
}

func (m memory) write(pointer uint32, bytes []byte) bool { return m.linear.Write(pointer, bytes) }

// word reads a number of four bytes that at found.
func word(bytes []byte, at int) uint32 { return binary.LittleEndian.Uint32(bytes[at:]) }
