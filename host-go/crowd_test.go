package cu

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"
)

// Goroutines that do anything at any time, to instances that others close, until the module is closed under them: each error is one that
// the README names, the count is of all calls that said that they counted, and no goroutine is left.
func TestACrowdThatEndsAnythingAtAnyTime(t *testing.T) {
	seed := seeded(t)
	goroutines := runtime.NumGoroutine()
	own, err := Open(ctx, wasm, testEngine())
	if err != nil {
		t.Fatal(err)
	}
	store := NewMemoryStore()
	shared := Share(store)
	options := Options{Atomic: AtomicByStore, Functions: map[string]Function{
		"later": Async(func(ctx context.Context, _ []any) ([]any, error) {
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(time.Millisecond):
				return nil, nil
			}
		}),
		"hang":   Async(func(ctx context.Context, _ []any) ([]any, error) { <-ctx.Done(); return nil, ctx.Err() }),
		"panics": Sync(func(context.Context, []any) ([]any, error) { panic(errDisk) }),
	}}
	first, err := own.New(ctx, shared, options)
	if err != nil {
		t.Fatal(err)
	}
	value(t, first, "local n = 0 function _home.count() n = n + 1 return n end function _home.later() return 1, host.later() end")
	var (
		group     sync.WaitGroup
		lock      sync.Mutex
		instances = []*Instance{first}
		counted   int
	)
	for g := range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			random := rand.New(rand.NewPCG(seed, uint64(g)))
			for range 60 {
				lock.Lock()
				at := random.IntN(len(instances))
				instance := instances[at]
				lock.Unlock()
				waiting := options
				waiting.Atomic = NotAtomic // an atomic compute must not wait
				waits, err := instance.With(waiting)
				if err != nil {
					t.Error(err)
					return
				}
				soon, cancel := context.WithTimeout(ctx, time.Duration(random.IntN(8))*time.Millisecond)
				counts := 0
				switch random.IntN(12) {
				case 0, 1:
					counts = 1
					_, err = instance.Call(soon, "_home.count")
				case 2, 3:
					_, err = waits.Call(soon, "_home.later")
				case 4:
					_, err = instance.Compute(soon, "_home.count() while true do end")
				case 5:
					_, err = instance.Compute(soon, "_home.count() host.panics()")
				case 6:
					_, err = waits.Compute(soon, "host.hang()")
				case 7:
					counts = 2
					err = instance.Transaction(soon, func(ctx context.Context, part *Instance) error {
						_, first := part.Call(ctx, "_home.count")
						_, second := part.Call(ctx, "_home.count")
						return errors.Join(first, second)
					})
				case 8:
					err = errors.Join(instance.Collect(soon), shared.SetIO(soon, "input", 1))
				case 9:
					err = instance.Close(soon)
				case 10:
					instance.Stop("any time")
				case 11:
					var made *Instance
					if made, err = own.New(soon, shared, options); err == nil {
						lock.Lock()
						instances[random.IntN(len(instances))] = made
						instances = append(instances, made)
						lock.Unlock()
					}
				}
				cancel()
				switch {
				case err == nil:
					lock.Lock()
					counted += counts
					lock.Unlock()
				case !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, ErrOver) && !errors.Is(err, ErrStopped) && !errors.As(err, new(*PanicError)):
					t.Errorf("%T: %v", err, err)
				}
			}
		}()
	}
	if seed%2 == 0 {
		time.Sleep(time.Duration(seed%200) * time.Millisecond)
		if err := own.Close(ctx); err != nil {
			t.Error(err)
		}
	}
	group.Wait()
	if err := own.Close(ctx); err != nil {
		t.Error(err)
	}
	last, err := module.New(ctx, shared, options)
	if err != nil {
		t.Fatal(err)
	}
	if got := value(t, last, "return _home.count()"); got != int64(counted+1) {
		t.Errorf("%v was counted, and %d calls said so", got, counted)
	}
	for wait := 0; runtime.NumGoroutine() > goroutines; wait++ {
		if wait > 200 {
			t.Fatalf("%d goroutines are left of %d", runtime.NumGoroutine()-goroutines, goroutines)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
