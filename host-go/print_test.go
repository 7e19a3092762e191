package cu

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestAWriterGetsWhatScriptsPrint(t *testing.T) {
	var printed bytes.Buffer
	instance := open(t, nil, Options{Print: &printed, Output: 5, Functions: map[string]Function{
		"sync":  Sync(func(context.Context, []any) ([]any, error) { fmt.Fprint(&printed, "sync\n"); return nil, nil }),
		"later": Async(func(context.Context, []any) ([]any, error) { fmt.Fprint(&printed, "later\n"); return nil, nil }),
	}})
	for code, wanted := range map[string]string{
		"":                                "",
		"print('hello', 1) print('\xff')": "hello\t1\n\xff\n",
		"print('a') host.sync() print('b') host.later() print('c')":            "a\nsync\nb\nlater\nc\n",
		"print('before') error('it fails')":                                    "before\n",
		"for n = 1, 3000 do print(('x'):rep(99)) end print(('y'):rep(100000))": strings.Repeat(strings.Repeat("x", 99)+"\n", 3000) + strings.Repeat("y", 100_000) + "\n",
	} {
		printed.Reset()
		response, err := instance.Compute(ctx, code)
		if failed := strings.Contains(code, "error("); (err != nil) != failed || !failed && response.Output != "" {
			t.Errorf("%s: %v, %v", code, response, err)
		}
		if printed.String() != wanted {
			t.Errorf("%s: it printed %.200q", code, printed.String())
		}
	}
}

// A full writer takes so many bytes.
type full struct{ left int }

func (f *full) Write(text []byte) (int, error) {
	if f.left -= len(text); f.left < 0 {
		return 0, errDisk
	}
	return len(text), nil
}

func TestAWriterThatFailsEndsTheScript(t *testing.T) {
	instance := open(t, nil, Options{Print: &full{100}, Functions: map[string]Function{"later": Async(answers())}})
	_, err := instance.Compute(ctx, "while true do pcall(print, 'x') end")
	var failed *LuaError
	if !errors.As(err, &failed) || failed.Class != ClassInterrupted || !errors.Is(err, errDisk) {
		t.Error(err)
	}
	if response, err := instance.Compute(ctx, "print('x') return 1"); !errors.Is(err, errDisk) || response.Value() != int64(1) {
		t.Errorf("the end was quicker than the tick: %v, %v", response, err)
	}
	if _, err := instance.Compute(ctx, "print('x') host.later() while true do print('y') end"); !errors.Is(err, errDisk) {
		t.Error(err)
	}
	nothingWaits(t, instance)
	value(t, instance, "return 1")
}
