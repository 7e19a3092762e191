package cu

import (
	"errors"
	"fmt"
)

var (
	// ErrOver is of every call of an instance that has ended: by a trap, a store that did not keep its changes, or Close.
	ErrOver = errors.New("cu: the instance is over")
	// ErrBusy is of a call from inside of another one, which would wait for itself.
	ErrBusy = errors.New("cu: the store is in use by the call that this one is made from")
	// ErrNested is of a call that is made from a function of the host, which another call called, and so on, 32 deep.
	ErrNested = errors.New("cu: 32 calls of instances are nested, each in a function of the host; no more may be")
	// ErrClosed is why an instance is over that was closed.
	ErrClosed = errors.New("cu: it was closed")
	// ErrCannotRollBack says that a store has no Units.
	ErrCannotRollBack = errors.New("cu: this store cannot roll back")
	// ErrStopped is of a script that Stop ended.
	ErrStopped = errors.New("cu: stopped")
)

// A LuaError ended a script. The instance goes on.
type LuaError struct {
	Class     string // one of ErrorClasses; empty if the module could not say
	Message   string
	Traceback string // from "stack traceback:" on, or empty
	Text      string // both, exactly as the module wrote them
	Value     any    // the error value, if it has an encoding
	Chunk     string // where the message says that the error is, such as "compute", or empty
	Line      int    // the line there
	// Waits says that a compute that was to go on could not, and still waits: it can be resumed or cancelled.
	Waits bool
	// Cause is why a script was interrupted, such as context.DeadlineExceeded, or the error of a function of the host that ended it.
	Cause error
}

func (e *LuaError) Error() string { return e.Message }
func (e *LuaError) Unwrap() error { return e.Cause }

// A HostError is a failure of the store that ended a script. The instance goes on.
type HostError struct {
	Lua   *LuaError
	Cause error // what the store returned
}

func (e *HostError) Error() string   { return e.Lua.Message + ": " + e.Cause.Error() }
func (e *HostError) Unwrap() []error { return []error{e.Cause, e.Lua} }

// A PanicError is a panic of a function of the host, where it is an error of the script that called that. The instance goes on.
type PanicError struct {
	Value any
	Stack []byte // of the goroutine, as debug.Stack has it
}

func (e *PanicError) Error() string { return fmt.Sprintf("it panicked: %v", e.Value) }

// Unwrap is the value, if that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// A CommitError says that the store did not keep the changes of a call. The instance is over.
type CommitError struct{ Cause error }

func (e *CommitError) Error() string {
	return "cu: the store did not keep the changes: " + e.Cause.Error()
}
func (e *CommitError) Unwrap() error { return e.Cause }

// An OverError is ErrOver with its reason.
type OverError struct{ Cause error }

func (e *OverError) Error() string        { return ErrOver.Error() + ": " + e.Cause.Error() }
func (e *OverError) Unwrap() error        { return e.Cause }
func (e *OverError) Is(target error) bool { return target == ErrOver }
