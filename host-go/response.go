package cu

import (
	"context"
	"encoding/binary"
)

// A Response is what a script returned and printed.
type Response struct {
	Output string // any bytes
	Values []any  // one at least: no value is a nil
}

// Value is the first value; of no response, beside an error, nil.
func (r *Response) Value() any {
	if r == nil || len(r.Values) == 0 {
		return nil
	}
	return r.Values[0]
}

// read reads a response, or what a compute waits for.
func (i *Instance) read(r *run, frame []byte) (*Response, *Waiting, error) {
	output, values, err := r.read(frame)
	if err != nil {
		return nil, nil, err
	}
	if i.settings.options.Print != nil {
		output = "" // but for the mark of what is cut
	}
	if len(values) > 0 && values[0] == TagPending {
		waiting, err := i.readWaiting(r, values)
		if err == nil {
			waiting.Output = output
		}
		return nil, waiting, err
	}
	decoded, err := DecodeAll(values)
	return &Response{output, decoded}, nil, err
}

// readWaiting reads a ticket, and the record of a call.
func (i *Instance) readWaiting(r *run, values []byte) (*Waiting, error) {
	if len(values) < PendingCallAt {
		return nil, &MalformedError{len(values), "what a compute waits for is cut off"}
	}
	made, err := DecodeCall(values[PendingCallAt:])
	if err != nil {
		return nil, err
	}
	waiting := &Waiting{Name: made.Way, Args: made.Args, instance: i, ends: r.ends}
	waiting.Ticket = int64(binary.LittleEndian.Uint64(values[1:]))
	if function := i.settings.options.Functions[made.Way]; function.Mode != FunctionEither {
		waiting.answer = function.Call
	} else if r.later != nil && r.later.call != nil {
		answer := r.later.call
		waiting.answer = func(ctx context.Context, _ []any) ([]any, error) { return answer(ctx) }
	}
	return waiting, nil
}
