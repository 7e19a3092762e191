package cu

import (
	"errors"
	"fmt"
)

// A TrapError says that the module trapped. The instance is over, and what the call changed is undone if the store can.
type TrapError struct {
	Export string
	Cause  error // the engine's words
}

func (e *TrapError) Error() string {
	return fmt.Sprintf("cu: the module trapped in %s: %v", e.Export, e.Cause)
}
func (e *TrapError) Unwrap() error { return e.Cause }

// A ProtocolError says that the module answered what it never should.
type ProtocolError struct{ Problem string }

func (e *ProtocolError) Error() string {
	return "cu: the module answered against the contract: " + e.Problem
}

// A StoreError is a failure of the store outside of a script, when a unit begins, say. The instance goes on.
type StoreError struct {
	Doing string
	Cause error
}

func (e *StoreError) Error() string { return "cu: " + e.Doing + ": " + e.Cause.Error() }
func (e *StoreError) Unwrap() error { return e.Cause }

// A ModuleError says why a file is no module for this host.
type ModuleError struct{ Cause error }

func (e *ModuleError) Unwrap() error { return e.Cause }
func (e *ModuleError) Error() string { return "cu: the module is refused: " + e.Cause.Error() }

// A VersionError says that a module is one of another version of the contract.
type VersionError struct{ Host, Module uint64 }

func (e *VersionError) Error() string {
	return fmt.Sprintf("cu: the module is refused: it has version %d of the contract; this host speaks version %d", e.Module, e.Host)
}

// A MalformedError says that bytes are no encoding, and which byte is the first that cannot be right.
type MalformedError struct {
	Offset  int
	Problem string
}

func (e *MalformedError) Error() string { return fmt.Sprintf("cu: byte %d: %s", e.Offset, e.Problem) }

// An EncodeError says why a value has no encoding.
type EncodeError struct{ Problem string }

func (e *EncodeError) Error() string { return "cu: " + e.Problem }

// ErrTooManyOperations may be returned by a Store that limits operations in a second: the script's error says so.
var ErrTooManyOperations = errors.New("cu: too many operations a second")
