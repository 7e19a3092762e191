package cu

import (
	"context"
	"encoding/binary"
	"fmt"
)

// A Response is what a script returned and printed.
type Response struct {
	Output string // any bytes
	Values []any  // one at least: no value is a nil
}

// Value is the first value.
func (r *Response) Value() any {
	if len(r.Values) == 0 {
		return nil
	}
	return r.Values[0]
}

// read reads what compute left in the buffer.
func (i *Instance) read(c *call, status int32) (*Response, *Waiting, error) {
	length := int64(status)
	if status < 0 {
		length = -length - 1
	}
	buffer, ok := c.vm.memory.at(uint64(c.vm.buffer), IOBufferBytes)
	if !ok || length > IOBufferBytes || status >= 0 && length < 5 {
		return nil, nil, &ProtocolError{fmt.Sprintf("compute answered %d", status)}
	}
	frame := buffer[:length]
	if status < 0 {
		return nil, nil, c.failure(string(frame))
	}
	printed := uint64(word(frame, 0))
	if printed >= uint64(length-4) {
		return nil, nil, &ProtocolError{fmt.Sprintf("a response of %d bytes with %d of output", length, printed)}
	}
	response := &Response{Output: string(frame[4 : 4+printed])}
	values := frame[4+printed:]
	if len(values) == 1 && values[0] == TagSpilled {
		spilled, err := c.takeResult()
		if err != nil {
			return nil, nil, err
		}
		values = spilled
	}
	if len(values) > 0 && values[0] == TagPending {
		pending, err := i.readPending(c, values)
		if err != nil {
			return nil, nil, err
		}
		pending.Output = response.Output
		return nil, pending, nil
	}
	var err error
	if response.Values, err = DecodeAll(values); err != nil {
		return nil, nil, err
	}
	return response, nil, nil
}

// takeResult reads the values that had no room in the buffer, and leaves nothing of them for another script.
func (c *call) takeResult() ([]byte, error) {
	key := []byte(KeyResult)
	value, found, err := c.vm.shared.store.Get(TableIO, key)
	if err != nil {
		return nil, c.store("reading a result", err)
	}
	if !found {
		return nil, &ProtocolError{"a result is spilled, and not in the store"}
	}
	result := append([]byte(nil), value...)
	return result, c.store("deleting a result", c.vm.shared.store.Delete(TableIO, key))
}

// readPending reads what a compute waits for: a ticket, and the record of a call.
func (i *Instance) readPending(c *call, values []byte) (*Waiting, error) {
	if len(values) < PendingCallAt {
		return nil, &MalformedError{len(values), "what a compute waits for is cut off"}
	}
	made, err := DecodeCall(values[PendingCallAt:])
	if err != nil {
		return nil, err
	}
	pending := &Waiting{Name: made.Way, Args: made.Args, instance: i, ends: c.ends}
	pending.Ticket = int64(binary.LittleEndian.Uint64(values[1:]))
	if c.later == nil {
		pending.answer = i.settings.functions[made.Way].Call
	} else if answer := c.later.call; answer != nil {
		pending.answer = func(ctx context.Context, _ []any) ([]any, error) { return answer(ctx) }
	}
	return pending, nil
}
