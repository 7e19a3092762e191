package cu

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Get is what table 0 has under a key.
func (r *run) Get(_ uint32, key []byte) ([]byte, bool, error) {
	switch {
	case string(key) == KeyConfig:
		return r.config, true, nil
	case string(key) == KeyTick:
		if reason, stopped := r.reason(); stopped {
			answer, err := Encode(reason)
			return answer, true, err
		}
		// Machine code cannot be preempted: here the garbage collector and other goroutines get their turn.
		runtime.Gosched()
	case string(key) == KeyNow:
		if now := r.settings.options.Now; now != nil {
			answer, err := Encode(float64(now().UnixMicro()) / 1000)
			return answer, true, err
		}
	case string(key) == KeyAnswer:
		return r.kept, r.kept != nil, nil
	case strings.HasPrefix(string(key), CallSignature):
		answer, found := r.callFunction(key)
		return answer, found, nil
	}
	return nil, false, nil
}

// Set takes an event. What this host does not know, it ignores.
func (r *run) Set(_ uint32, key, value []byte) error {
	if string(key) != KeyEvent {
		return nil
	}
	decoded, err := Decode(value)
	fields, ok := decoded.(Table)
	if err != nil || !ok {
		return nil
	}
	kind, _ := fields.Get(FieldKind).(string)
	if kind == EventError {
		r.errorEvent = fields
	}
	if printed := r.settings.options.Print; printed != nil && kind == EventOutput && r.unprinted == nil {
		text, _ := fields.Get(FieldText).(string)
		_, r.unprinted = io.WriteString(printed, text)
	}
	if handler := r.settings.options.OnEvent; handler != nil && slices.Contains(r.settings.options.Events, kind) {
		handler(Event{Kind: kind, Fields: fields, Encoded: bytes.Clone(value)})
	}
	return nil
}

// Delete does nothing: table 0 has nothing of its own.
func (r *run) Delete(uint32, []byte) error { return nil }

// Size is 0 for the same reason.
func (r *run) Size(uint32) (int, error) { return 0, nil }

// Keys lists the tables that have keys, for a collection; none if the store cannot say.
func (r *run) Keys(_ uint32, after []byte, descending bool, yield func([]byte) bool) error {
	lister, ok := r.vm.shared.store.(Lister)
	if !ok {
		return nil
	}
	var ids [][]byte
	err := lister.Tables(func(table uint32) bool {
		id := binary.BigEndian.AppendUint32(nil, table)
		order := bytes.Compare(id, after)
		if len(after) == 0 || order > 0 && !descending || order < 0 && descending {
			ids = append(ids, id)
		}
		return true
	})
	if descending {
		slices.Reverse(ids)
	}
	for _, id := range ids {
		if err != nil || !yield(id) {
			break
		}
	}
	return err
}

// An Event is what the module reports while it runs (abi/README.md, "Table 0").
type Event struct {
	Kind    string
	Fields  Table
	Encoded []byte
}

type timeError struct{ limit time.Duration }

func (e *timeError) Error() string        { return fmt.Sprintf("the time limit of %v is over", e.limit) }
func (e *timeError) Is(target error) bool { return target == context.DeadlineExceeded }

// reason says why the script is to end, if it is.
func (r *run) reason() (string, bool) {
	if reason := r.stop.Load(); reason != nil {
		r.stopped = ErrStopped
		return *reason, true
	}
	// The clock is looked at: while machine code runs on the only processor, no timer fires.
	now := time.Now()
	deadline, ok := r.Deadline()
	switch {
	case r.unprinted != nil:
		r.stopped = r.unprinted
	case r.Err() != nil:
		r.stopped = context.Cause(r)
	case ok && !now.Before(deadline):
		r.stopped = context.DeadlineExceeded
	case !r.ends.IsZero() && !now.Before(r.ends):
		r.stopped = &timeError{r.settings.options.TimeLimit}
	default:
		return "", false
	}
	return r.stopped.Error(), true
}

// Stop ends the script that runs now, with an error that it cannot catch: a *LuaError of the class ClassInterrupted that is ErrStopped. The
// instance lives on. It may be called at any time; if nothing runs yet, or
// the script waits, nothing happens: a context ends those, too.
func (i *Instance) Stop(reason string) {
	if r := i.vm.running.Load(); r != nil {
		r.stop.Store(&reason)
	}
}
