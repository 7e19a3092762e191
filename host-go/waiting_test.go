package cu

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func answers(values ...any) func(context.Context, []any) ([]any, error) {
	return func(_ context.Context, args []any) ([]any, error) { return append(values, args...), nil }
}

func TestFunctionsOfTheHost(t *testing.T) {
	ran := 0
	instance := open(t, nil, Options{Functions: map[string]Function{
		"echo":     Sync(answers("echo")),
		"http.get": Sync(func(context.Context, []any) ([]any, error) { return nil, errDisk }),
		"raise":    Sync(func(context.Context, []any) ([]any, error) { return nil, &Raise{map[string]int{"code": 7}} }),
		"long": Sync(func(context.Context, []any) ([]any, error) {
			ran++
			return []any{strings.Repeat("x", 100_000)}, nil
		}),
		"none": Sync(func(context.Context, []any) ([]any, error) { return []any{func() {}}, nil }),
		"many": Sync(func(context.Context, []any) ([]any, error) { return make([]any, FunctionResults+1), nil }),
	}})
	for code, wanted := range map[string]string{
		"return host.echo(1, {2}, nil)":                 "[echo 1 [{1 2}] <nil>]",
		"return pcall(host.http.get, 'x')":              "[false host.http.get: the disk is full]",
		"return select(2, pcall(host.raise)).code":      "[7]",
		"return #host.long()":                           "[100000]",
		"return select(2, pcall(host.none))":            "[host.none: cu: a value of the type func() has no encoding]",
		"return select(2, pcall(host.many))":            "[host.many: cu: 201 results; a function has 200 at most]",
		"_home.f = host.echo return _home.f, _home.f()": "[host.echo echo]",
	} {
		response, err := instance.Compute(ctx, code)
		if err != nil || fmt.Sprint(response.Values) != wanted {
			t.Errorf("%s: %v, %v", code, response, err)
		}
	}
	if ran != 1 {
		t.Errorf("a function with a long answer ran %d times", ran)
	}
	if _, err := instance.With(Options{Functions: map[string]Function{"no name": Sync(answers())}}); err == nil {
		bad, _ := instance.With(Options{Functions: map[string]Function{"no name": Sync(answers())}})
		var failed *LuaError
		if _, err := bad.Compute(ctx, "return 1"); !errors.As(err, &failed) || failed.Class != ClassConfig {
			t.Error(err)
		}
	}
}

func TestAScriptWaitsAndTheInstanceServesOthers(t *testing.T) {
	release := make(chan struct{})
	instance := open(t, nil, Options{Functions: map[string]Function{
		"ask": Async(func(ctx context.Context, args []any) ([]any, error) {
			select {
			case <-release:
				return args, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}),
	}})
	const scripts = 20
	var group sync.WaitGroup
	for n := range scripts {
		group.Add(1)
		go func() {
			defer group.Done()
			response, err := instance.Compute(ctx, fmt.Sprintf("print('before') local a = host.ask(%d) return a + host.ask(1)", n))
			if err != nil || response.Value() != int64(n+1) {
				t.Error(n, response, err)
			}
		}()
	}
	value(t, instance, "return 1")
	close(release)
	group.Wait()
}

func TestWaitingByHand(t *testing.T) {
	instance := open(t, nil, Options{Functions: map[string]Function{"ask": Async(nil)}})
	start := func(code string) *Waiting {
		t.Helper()
		response, waiting, err := instance.Start(ctx, code)
		if waiting == nil || response != nil || err != nil {
			t.Fatal(response, waiting, err)
		}
		return waiting
	}
	first := start("print('one') local a, b = host.ask('x', 2) print('two') return a, b, host.ask('again')")
	second := start("return pcall(host.ask)")
	third := start("local x <close> = setmetatable({}, { __close = function() print('closed') end }) host.ask()")
	if first.Name != "ask" || fmt.Sprint(first.Args) != "[x 2]" || first.Output != "one\n" || first.Ticket == second.Ticket {
		t.Errorf("%+v", first)
	}
	response, waiting, err := second.Raise(ctx, errDisk)
	if waiting != nil || err != nil || fmt.Sprint(response.Values) != "[false host.ask: the disk is full]" {
		t.Error(response, err)
	}
	response, again, err := first.Resume(ctx, 1, "b")
	if response != nil || err != nil || again.Output != "two\n" || fmt.Sprint(again.Args) != "[again]" {
		t.Fatal(response, err)
	}
	var failed *LuaError
	if _, _, err := first.Resume(ctx, 1); !errors.As(err, &failed) || failed.Class != ClassInput {
		t.Errorf("a ticket that was used: %v", err)
	}
	if _, _, err := again.Resume(ctx, func() {}); !errors.As(err, new(*EncodeError)) {
		t.Error(err)
	}
	response, waiting, err = again.Resume(ctx, 3)
	if waiting != nil || err != nil || fmt.Sprint(response.Values) != "[1 b 3]" {
		t.Error(response, err)
	}
	response, err = third.Cancel(ctx)
	if err != nil || response.Output != "closed\n" {
		t.Error(response, err)
	}
	if _, err := instance.Compute(ctx, "host.ask()"); err == nil || !strings.Contains(err.Error(), "nobody answers it here") {
		t.Error(err)
	}
}

func TestEither(t *testing.T) {
	for name, later := range map[string]func(context.Context) ([]any, error){
		"later": func(context.Context) ([]any, error) { return []any{"later"}, nil },
		"":      nil,
	} {
		instance := open(t, nil, Options{Functions: map[string]Function{
			"either": Either(func(_ context.Context, args []any) ([]any, error) {
				if args[0] == true {
					return []any{"now"}, nil
				}
				return nil, Later(later)
			}),
			"sync": Sync(func(context.Context, []any) ([]any, error) { return nil, Later(nil) }),
		}})
		if name == "" {
			_, waiting, err := instance.Start(ctx, "return host.either(true), host.either(false)")
			if err != nil || waiting == nil {
				t.Fatal(err)
			}
			response, _, err := waiting.Resume(ctx, "by hand")
			if err != nil || fmt.Sprint(response.Values) != "[now by hand]" {
				t.Error(response, err)
			}
		} else if response, err := instance.Compute(ctx, "return host.either(true), host.either(false)"); err != nil || fmt.Sprint(response.Values) != "[now later]" {
			t.Error(response, err)
		}
		if _, err := instance.Compute(ctx, "host.sync()"); err == nil || !strings.Contains(err.Error(), "only an Either function may answer later") {
			t.Error(err)
		}
	}
}

// waits returns how many computes an instance waits with: so many more than its bound are refused.
func nothingWaits(t *testing.T, instance *Instance) {
	t.Helper()
	instance.vm.abandonedLock.Lock()
	abandoned := len(instance.vm.abandoned)
	instance.vm.abandonedLock.Unlock()
	options := instance.Options()
	options.Pending = 1
	options.Functions = map[string]Function{"probe": Async(nil)}
	probe, err := instance.With(options)
	if err != nil {
		t.Fatal(err)
	}
	_, waiting, err := probe.Start(ctx, "host.probe()")
	if err != nil || abandoned > 0 {
		t.Errorf("something still waits: %v, %d to be cancelled", err, abandoned)
		return
	}
	if _, err := waiting.Cancel(ctx); err != nil {
		t.Error(err)
	}
}

func TestAContextEndsWhatWaits(t *testing.T) {
	for _, ignores := range []bool{false, true} {
		closed := false
		var running atomic.Int32
		hang := make(chan struct{})
		instance := open(t, nil, Options{Functions: map[string]Function{
			"hang": Async(func(ctx context.Context, _ []any) ([]any, error) {
				defer running.Add(-1)
				running.Add(1)
				if ignores {
					<-hang
				}
				<-ctx.Done()
				return nil, ctx.Err()
			}),
			"closed": Sync(func(context.Context, []any) ([]any, error) { closed = true; return nil, nil }),
		}})
		const code = "local x <close> = setmetatable({}, { __close = function() host.closed() end }) pcall(host.hang) while true do end"
		soon, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
		_, err := instance.Compute(soon, code)
		interrupted(t, instance, err, context.DeadlineExceeded)
		cancel()
		if !closed && ignores { // a function that ends with its context may have been quicker: then the script was stopped
			t.Error("what the script closes was not closed")
		}
		limited, err := instance.With(Options{TimeLimit: 10 * time.Millisecond, Functions: instance.Options().Functions})
		if err != nil {
			t.Fatal(err)
		}
		_, err = limited.Compute(ctx, code)
		interrupted(t, instance, err, context.DeadlineExceeded)
		nothingWaits(t, instance)
		close(hang)
		for running.Load() > 0 {
			time.Sleep(time.Millisecond)
		}
	}
}

func TestAFunctionThatEndsItsGoroutineEndsTheInstance(t *testing.T) {
	store := NewMemoryStore()
	instance := open(t, store, Options{Functions: map[string]Function{
		"exits": Sync(func(context.Context, []any) ([]any, error) { runtime.Goexit(); return nil, nil }),
		"later": Async(func(context.Context, []any) ([]any, error) { runtime.Goexit(); return nil, nil }),
	}})
	if _, err := instance.Compute(ctx, "host.later()"); err == nil || !strings.Contains(err.Error(), "its goroutine ended") {
		t.Error(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = instance.Compute(ctx, "_home.a = 1 host.exits()")
		t.Error("it returned")
	}()
	<-ended
	if _, err := instance.Compute(ctx, "return 1"); !errors.Is(err, ErrOver) {
		t.Error(err)
	}
	if size, _ := store.Size(TableHome); size != 0 || store.changes != nil {
		t.Error("its changes were not undone")
	}
}

// What cannot go on because the store fails is cancelled when it can be told: nothing waits for ever.
func TestWhatCannotGoOnIsCancelledLater(t *testing.T) {
	for from := 1; ; from++ {
		store := &breaking{MemoryStore: NewMemoryStore()}
		instance := open(t, store, Options{Functions: map[string]Function{
			"ask": Async(func(context.Context, []any) ([]any, error) {
				store.count, store.from = 0, from
				return nil, nil
			}),
		}})
		value(t, instance, "local n = 0 function _home.count() n = n + 1 return n end")
		_, err := instance.Compute(ctx, "_home.count() host.ask() _home.count() return _home.count()")
		reached := store.count >= from
		store.from = 0
		if !reached {
			if err != nil {
				t.Error(err)
			}
			break
		}
		if err == nil {
			t.Errorf("call %d: nothing failed", from)
		}
		if _, err := instance.Compute(ctx, "return 1"); errors.Is(err, ErrOver) {
			continue // it did not keep the changes
		}
		nothingWaits(t, instance)
	}
}

// Many goroutines, functions that take their time, contexts that end: no answer is another's, and nothing is left.
func TestARandomCrowd(t *testing.T) {
	seed := seeded(t)
	instance := open(t, nil, Options{Functions: map[string]Function{
		"echo": Async(func(_ context.Context, args []any) ([]any, error) {
			time.Sleep(time.Duration(args[0].(int64)%5) * time.Millisecond)
			if args[0].(int64)%7 == 0 {
				return nil, errDisk
			}
			return args, nil
		}),
		"now": Sync(answers()),
	}})
	value(t, instance, "function _home.work(n) local ok, got = pcall(host.echo, n) return ok and host.now(got) + host.now(n) or n + n end")
	var group sync.WaitGroup
	for g := range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			random := rand.New(rand.NewPCG(seed, uint64(g)))
			for range 40 {
				n := int64(random.IntN(1000))
				soon, cancel := ctx, context.CancelFunc(func() {})
				if random.IntN(4) == 0 {
					soon, cancel = context.WithTimeout(ctx, time.Duration(random.IntN(3))*time.Millisecond)
				}
				response, err := instance.Call(soon, "_home.work", n)
				cancel()
				if err == nil && response.Value() != 2*n {
					t.Errorf("%d became %v", n, response.Value())
				}
				if err != nil && !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
			}
		}()
	}
	group.Wait()
	nothingWaits(t, instance)
}
