package cu

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"
)

// answer is what table 0 has under a key. It never reaches a store.
func (c *call) answer(key []byte) ([]byte, bool) {
	switch {
	case string(key) == KeyConfig:
		return c.config, true
	case string(key) == KeyTick:
		if reason, stopped := c.reason(); stopped {
			answer, err := Encode(reason)
			return answer, err == nil
		}
		// Machine code cannot be preempted: here the garbage collector and other goroutines get their turn.
		runtime.Gosched()
	case string(key) == KeyNow:
		if now := c.settings.options.Now; now != nil {
			answer, err := Encode(float64(now().UnixMicro()) / 1000)
			return answer, err == nil
		}
	case string(key) == KeyAnswer:
		return c.kept, c.kept != nil
	case strings.HasPrefix(string(key), CallSignature):
		return c.callFunction(key)
	}
	return nil, false
}

// control takes an event. What this host does not know, it ignores.
func (c *call) control(key string, value []byte) {
	if key != KeyEvent {
		return
	}
	decoded, err := Decode(value)
	fields, ok := decoded.(Table)
	if err != nil || !ok {
		return
	}
	kind, _ := fields.Get(FieldKind).(string)
	if kind == EventError {
		c.errorEvent = fields
	}
	if handler := c.settings.options.OnEvent; handler != nil && c.settings.events[kind] {
		handler(Event{Kind: kind, Fields: fields, Encoded: append([]byte(nil), value...)})
	}
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
func (c *call) reason() (string, bool) {
	if reason := c.stop.Load(); reason != nil {
		c.stopped = ErrStopped
		return *reason, true
	}
	// The clock is looked at: while machine code runs on the only processor, no timer fires.
	now := time.Now()
	deadline, ok := c.Deadline()
	switch {
	case c.Err() != nil:
		c.stopped = context.Cause(c)
	case ok && !now.Before(deadline):
		c.stopped = context.DeadlineExceeded
	case !c.ends.IsZero() && !now.Before(c.ends):
		c.stopped = &timeError{c.settings.options.TimeLimit}
	default:
		return "", false
	}
	return c.stopped.Error(), true
}

// Stop ends the script that runs now, with an error that it cannot catch: a *LuaError of the class ClassInterrupted that is ErrStopped. The
// instance lives on. It may be called at any time; if nothing runs, nothing happens.
func (i *Instance) Stop(reason string) {
	if c := i.vm.running.Load(); c != nil {
		c.stop.Store(&reason)
	}
}
