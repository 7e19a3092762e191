package cu

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"
)

// endless scripts, which catch what they can.
var endless = []string{
	"while true do end",
	"while true do pcall(function() while true do end end) end",
	"local t = setmetatable({}, { __close = function() while true do end end }) local x <close> = t while true do end",
	"return coroutine.wrap(function() while true do pcall(string.rep, 'x', 1000) end end)()",
	"string.gsub('x', 'x', function() while true do end end)",
	"while true do _home.n = 1 end",
}

func interrupted(t *testing.T, instance *Instance, err, cause error) {
	t.Helper()
	var failed *LuaError
	if !errors.As(err, &failed) || failed.Class != ClassInterrupted || !errors.Is(err, cause) {
		t.Errorf("%v; wanted is %v", err, cause)
	}
	value(t, instance, "return 1")
}

func TestAnEndlessScriptEndsAndTheInstanceGoesOn(t *testing.T) {
	for _, code := range endless {
		instance := open(t, nil, Options{})

		soon, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
		began := time.Now()
		_, err := instance.Compute(soon, code)
		interrupted(t, instance, err, context.DeadlineExceeded)
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%s: it took %v", code, took)
		}
		cancel()

		stopped, stop := context.WithCancelCause(ctx)
		time.AfterFunc(10*time.Millisecond, func() { stop(errDisk) })
		_, err = instance.Compute(stopped, code)
		interrupted(t, instance, err, errDisk)

		limited, err := instance.With(Options{TimeLimit: 10 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		_, err = limited.Compute(ctx, code)
		interrupted(t, instance, err, context.DeadlineExceeded)
		if !strings.Contains(err.Error(), "10ms") {
			t.Error(err)
		}

		// Stop is about the script that runs: on a busy machine it may not have begun yet.
		button := time.NewTicker(time.Millisecond)
		left := make(chan struct{})
		go func() {
			for {
				select {
				case <-button.C:
					instance.Stop("the user left")
				case <-left:
					return
				}
			}
		}()
		_, err = instance.Compute(ctx, code)
		close(left)
		button.Stop()
		interrupted(t, instance, err, ErrStopped)
		if !strings.Contains(err.Error(), "the user left") {
			t.Error(err)
		}
	}
}

// On one processor no timer fires while machine code runs, unless the host lets it.
func TestAScriptEndsOnOneProcessor(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	instance := open(t, nil, Options{})
	soon, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	_, err := instance.Compute(soon, endless[0])
	interrupted(t, instance, err, context.DeadlineExceeded)
	stopped, stop := context.WithCancel(ctx)
	go stop()
	_, err = instance.Compute(stopped, endless[0])
	interrupted(t, instance, err, context.Canceled)
}

func TestAContextThatHasEndedRunsNothing(t *testing.T) {
	instance := open(t, nil, Options{})
	ended, end := context.WithCancel(ctx)
	end()
	if _, err := instance.Compute(ended, "_home.a = 1"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if got := value(t, instance, "return _home.a"); got != nil {
		t.Error(got)
	}
	shared := instance.Shared()
	ran := errors.Join(shared.Update(ended, func(Store) error { t.Error("Update ran"); return nil }),
		shared.InTurn(ended, func(context.Context) error { t.Error("InTurn ran"); return nil }))
	if !errors.Is(ran, context.Canceled) {
		t.Error(ran)
	}
	instance.Stop("nothing runs")
	value(t, instance, "for i = 1, 1000000 do end")
}

func TestAStoppedAtomicComputeIsUndone(t *testing.T) {
	for _, atomic := range []Atomic{AtomicByNotes, AtomicByStore} {
		instance := open(t, nil, Options{Atomic: atomic, TimeLimit: 5 * time.Millisecond})
		if _, err := instance.Compute(ctx, "local n = 0 while true do n = n + 1 _home[n] = n end"); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if got := value(t, instance, "return next(_home)"); got != nil {
			t.Errorf("%q: %v is left", atomic, got)
		}
	}
}
