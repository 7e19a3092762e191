package cu

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
)

// A Function is one of the host, which scripts call as host.NAME. The context is that of the call; with it neither the instance nor
// its store can be used while a sync function runs.
//
// An error becomes an error in the script, `host.NAME: ` and its text, or the value of a *Raise as it is. If the script does not catch it, it is the cause of
// the *LuaError. So it is with a panic, which is a *PanicError: a script must not end the program by arguments that nobody expected.
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

// callFunction answers get(0, record): runs the function once, and keeps the answer, for which the module may have to ask again.
func (r *run) callFunction(record []byte) ([]byte, bool) {
	made, err := DecodeCall(record)
	function := r.settings.options.Functions[made.Way]
	if err != nil || function.Call == nil || function.Mode == FunctionAsync {
		return nil, false
	}
	a := answerOf(made.Way, func() ([]any, error) { return function.Call(r, made.Args) })
	if function.Mode == FunctionEither && errors.As(a.err, &r.later) {
		r.kept = []byte{AnswerLater}
		return r.kept, true
	}
	if a.err != nil {
		r.raised = a
	}
	r.kept = a.encoded
	return r.kept, true
}

// An answer is what a function of the host came to.
type answer struct {
	encoded []byte
	err     error // of the function
	text    string
}

// ended says whether an error of a script, with this message and value, is the answer's.
func (a answer) ended(message string, value any) bool {
	if a.err == nil || a.text == "" {
		return false
	}
	if sent, err := Decode(a.encoded[1:]); err == nil {
		if _, isText := sent.(string); !isText {
			return equal(sent, value)
		}
	}
	return strings.HasSuffix(message, a.text)
}

// answerOf calls a function, and has an answer in every case: a panic, and what has no encoding, are errors in the script.
func answerOf(name string, call func() ([]any, error)) (a answer) {
	returned := false
	defer func() {
		if returned {
			return
		}
		if value := recover(); value != nil { // else the goroutine ends
			a = failed(name, &PanicError{Value: value, Stack: debug.Stack()})
		}
	}()
	results, err := call()
	if err == nil || errors.As(err, new(*Raise)) {
		a, err = encodeAnswer(results, err)
	}
	if err != nil {
		a = failed(name, err)
	}
	returned = true
	return a
}

// failed is the answer of a function that has none: its text says whose error it is, and the error stays that of the function.
func failed(name string, err error) answer {
	a, _ := encodeAnswer(nil, errors.New(FunctionLibrary+"."+name+": "+err.Error()))
	a.err = err
	return a
}

// encodeAnswer writes what a function of the host answers.
func encodeAnswer(results []any, failed error) (a answer, err error) {
	defer recovered(&err)
	if failed != nil {
		var raised any = failed.Error()
		if raise := (*Raise)(nil); errors.As(failed, &raise) {
			raised = raise.Value
		}
		return answer{appendValue([]byte{AnswerError}, raised, 0), failed, failed.Error()}, nil
	}
	if len(results) > FunctionResults {
		unencodable("%d results; a function has %d at most", len(results), FunctionResults)
	}
	a.encoded = []byte{AnswerResults}
	for _, result := range results {
		a.encoded = appendValue(a.encoded, result, 0)
	}
	return a, nil
}
