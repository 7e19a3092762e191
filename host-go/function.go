package cu

import (
	"context"
	"errors"
	"fmt"
)

// A Function is one of the host, which scripts call as host.NAME. The context is that of the call; with it neither the instance nor
// its store can be used while a sync function runs.
//
// An error becomes an error in the script, of its text, or of the value of a *Raise. If the script does not catch it, it is the cause of
// the *LuaError.
type Function struct {
	Mode string // FunctionSync, FunctionAsync or FunctionEither
	Call func(ctx context.Context, args []any) (results []any, err error)
}

// Sync is a function that has answered when it returns; the module waits for it.
func Sync(call func(ctx context.Context, args []any) ([]any, error)) Function {
	return Function{FunctionSync, call}
}

// Async is a function for which the script waits, and the instance does not. Compute and Call run it in a goroutine. Without call,
// only the program can answer: with Start, and Resume of what that returns.
func Async(call func(ctx context.Context, args []any) ([]any, error)) Function {
	return Function{FunctionAsync, call}
}

// Either is a function that returns Later where the script is to wait.
func Either(call func(ctx context.Context, args []any) ([]any, error)) Function {
	return Function{FunctionEither, call}
}

// Later, as the error of an Either function, makes the script wait for the answer of call; if call is nil, for that of the program.
func Later(call func(ctx context.Context) ([]any, error)) error { return &laterError{call} }

type laterError struct {
	call func(ctx context.Context) ([]any, error)
}

func (*laterError) Error() string { return "cu: only an Either function may answer later" }

// A Raise is an error that is a value in the script, and not a text.
type Raise struct{ Value any }

func (r *Raise) Error() string { return fmt.Sprint(r.Value) }

func raised(err error) any {
	var raise *Raise
	if errors.As(err, &raise) {
		return raise.Value
	}
	return err.Error()
}

// callFunction answers get(0, record): runs the function once, and keeps the answer, for which the module may have to ask again.
func (r *run) callFunction(record []byte) ([]byte, bool) {
	made, err := DecodeCall(record)
	function := r.settings.options.Functions[made.Way]
	if err != nil || function.Call == nil || function.Mode == FunctionAsync {
		return nil, false
	}
	results, err := function.Call(r, made.Args)
	var later *laterError
	if function.Mode == FunctionEither && errors.As(err, &later) {
		r.later = later
		r.kept = append(r.kept[:0], AnswerLater)
		return r.kept, true
	}
	if err != nil {
		r.raised = err
	}
	r.kept = answerOf(r.kept[:0], made.Way, results, err)
	return r.kept, true
}

// answerOf writes an answer in every case: what has no encoding is an error in the script.
func answerOf(to []byte, name string, results []any, err error) []byte {
	answer, failed := encodeAnswer(to, results, err)
	if failed != nil {
		answer, _ = encodeAnswer(to, nil, fmt.Errorf("%s.%s: %w", FunctionLibrary, name, failed))
	}
	return answer
}
