package cu

import (
	"errors"
	"fmt"
)

// do calls an export. An error is a trap: what the module was doing will never be done.
func (c *call) do(export string, words ...uint32) (int32, error) {
	var stack [4]uint64
	for at, word := range words {
		stack[at] = uint64(word)
	}
	if err := c.exports[export].CallWithStack(c, stack[:]); err != nil {
		return 0, &TrapError{Export: export, Cause: err}
	}
	return int32(uint32(stack[0])), nil
}

// start creates the VM.
func (c *call) start() (err error) {
	var answers [3]int32
	for at, export := range []string{"init", "get_buffer_ptr", "get_buffer_size"} {
		if answers[at], err = c.do(export); err != nil {
			return err
		}
	}
	if answers[0] != OK || answers[2] != IOBufferBytes {
		return protocol("init answered %d, and its buffer has %d bytes, not %d", answers[0], answers[2], IOBufferBytes)
	}
	c.buffer = uint32(answers[1])
	_, err = c.memory.at(uint64(c.buffer), IOBufferBytes)
	return err
}

var errNoMemory = errors.New("not enough memory")

// compute runs source, or a record in its place. It returns the frame that is left in the buffer, until the next call: a response, or the
// text of an error.
func (c *call) compute(code string) (frame []byte, failed bool, err error) {
	length := uint32(len(code))
	place := c.buffer
	if length > IOBufferBytes || uint64(length) != uint64(len(code)) {
		block, err := c.do("lua_alloc", 0, 0, 0, length)
		if err != nil {
			return nil, false, err
		}
		if place = uint32(block); place == 0 || uint64(length) != uint64(len(code)) {
			return nil, false, fmt.Errorf("%w for %d bytes of code", errNoMemory, len(code))
		}
	}
	into, err := c.memory.at(uint64(place), uint64(length))
	if err != nil {
		return nil, false, err
	}
	copy(into, code)
	status, err := c.do("compute", place, length)
	if place != c.buffer && err == nil {
		_, err = c.do("lua_alloc", 0, place, length, 0)
	}
	if err != nil {
		return nil, false, err
	}
	left := int64(status)
	if left < 0 {
		left = -left - 1
	}
	if left > IOBufferBytes || status >= 0 && left < 5 {
		return nil, false, protocol("compute answered %d", status)
	}
	frame, err = c.memory.at(uint64(c.buffer), uint64(left))
	return frame, status < 0, err
}

// read splits a response into what was printed and the encoded values, also those that had no room in it.
func (c *call) read(frame []byte) (output string, values []byte, err error) {
	printed := uint64(word(frame, 0))
	if printed >= uint64(len(frame)-4) {
		return "", nil, protocol("a response of %d bytes has %d of output", len(frame), printed)
	}
	output, values = string(frame[4:4+printed]), frame[4+printed:]
	if len(values) == 1 && values[0] == TagSpilled {
		values, err = c.takeResult()
	}
	return output, values, err
}

// takeResult reads a spilled result, and leaves nothing of it for another script.
func (c *call) takeResult() ([]byte, error) {
	key := []byte(KeyResult)
	value, found, err := c.store.Get(TableIO, key)
	if err == nil && !found {
		return nil, protocol("a result is spilled, and not in the store")
	}
	value = append([]byte(nil), value...)
	if err == nil {
		err = c.store.Delete(TableIO, key)
	}
	if err != nil {
		return nil, &StoreError{"taking a result", err}
	}
	return value, nil
}

func protocol(format string, words ...any) error {
	return &ProtocolError{fmt.Sprintf(format, words...)}
}
