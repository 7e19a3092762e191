package cu

import (
	"errors"
	"fmt"
	"math"
)

// do calls an export. A trap is an error: what the module was doing will never be done.
func (c *call) do(export string, words ...uint32) int32 {
	var stack [4]uint64
	for at, word := range words {
		stack[at] = uint64(word)
	}
	if err := c.exports[export].CallWithStack(c, stack[:]); err != nil {
		failIf(&TrapError{Export: export, Cause: err})
	}
	return int32(uint32(stack[0]))
}

// start creates the VM.
func (c *call) start() (err error) {
	defer recovered(&err)
	status := c.do("init")
	agreed(status == OK, "init answered %d", status)
	size := c.do("get_buffer_size")
	agreed(size == IOBufferBytes, "its buffer has %d bytes, not %d", size, IOBufferBytes)
	c.buffer = uint32(c.do("get_buffer_ptr"))
	c.at(uint64(c.buffer), IOBufferBytes)
	return nil
}

var errNoMemory = errors.New("not enough memory")

// compute runs source, or a record in its place. It returns the frame that is left in the buffer, until the next call: a response, or the
// text of an error.
func (c *call) compute(code string) (frame []byte, failed bool, err error) {
	defer recovered(&err)
	place, length := c.buffer, uint32(min(len(code), math.MaxInt32))
	if length > IOBufferBytes {
		if place = uint32(c.do("lua_alloc", 0, 0, 0, length)); place == 0 {
			return nil, false, fmt.Errorf("%w for %d bytes of code", errNoMemory, len(code))
		}
	}
	copy(c.at(uint64(place), uint64(length)), code)
	status := c.do("compute", place, length)
	if place != c.buffer {
		c.do("lua_alloc", 0, place, length, 0)
	}
	left := max(int64(status), -int64(status)-1)
	agreed(left <= IOBufferBytes && (status < 0 || left >= 5), "compute answered %d", status)
	return c.at(uint64(c.buffer), uint64(left)), status < 0, nil
}

// read splits a response into what was printed and the encoded values, also those that had no room in it: of these it leaves nothing for
// another script.
func (c *call) read(frame []byte) (output string, values []byte, err error) {
	defer recovered(&err)
	printed := uint64(word(frame, 0))
	agreed(printed < uint64(len(frame)-4), "a response of %d bytes has %d of output", len(frame), printed)
	output, values = string(frame[4:4+printed]), frame[4+printed:]
	if len(values) == 1 && values[0] == TagSpilled {
		value, found, err := c.store.Get(TableIO, []byte(KeyResult))
		if err == nil {
			agreed(found, "a result is spilled, and not in the store")
			values = append([]byte(nil), value...)
			err = c.store.Delete(TableIO, []byte(KeyResult))
		}
		if err != nil {
			failIf(&StoreError{"taking a result", err})
		}
	}
	return output, values, nil
}
