package cu

import (
	"errors"
	"runtime"
	"testing"
	"time"
)

// heap is how many bytes of Go's memory, in which linear memories are, are in use.
func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// kept waits until the memory of a hundred instances and more, 3 MB each, is given back; what is closed by the collector takes a moment.
func kept(t *testing.T, before int64) {
	t.Helper()
	for began := time.Now(); heap() > before+50<<20; time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > 10*time.Second {
			t.Fatalf("%d bytes are kept", heap()-before)
		}
	}
}

// The engine keeps the memory of an instance until it is closed, and nobody has one to close that New did not return.
func TestAnInstanceThatDidNotBeginLeavesNoMemory(t *testing.T) {
	before := heap()
	for _, panics := range []bool{true, false} {
		for range 100 {
			func() {
				defer func() {
					if value := recover(); panics != (value == errDisk) {
						t.Error(value)
					}
				}()
				store := &breaking{MemoryStore: NewMemoryStore(), from: 1, panics: panics}
				if _, err := module.New(ctx, Share(store), Options{}); !errors.Is(err, errDisk) {
					t.Error(err)
				}
			}()
		}
	}
	kept(t, before)
}

func TestAForgottenInstanceIsCollected(t *testing.T) {
	before := heap()
	for range 100 {
		instance, err := module.New(ctx, nil, Options{Functions: map[string]Function{"ask": Async(nil)}})
		if err != nil {
			t.Fatal(err)
		}
		if _, waiting, err := instance.Start(ctx, "host.ask()"); waiting == nil || err != nil {
			t.Fatal(err)
		}
	}
	kept(t, before)
	// What is in use is not.
	instance, err := module.New(ctx, nil, Options{Functions: map[string]Function{"ask": Async(nil)}})
	if err != nil {
		t.Fatal(err)
	}
	_, waiting, err := instance.Start(ctx, "return host.ask()")
	if err != nil {
		t.Fatal(err)
	}
	instance = nil
	for range 5 {
		heap()
		time.Sleep(time.Millisecond)
	}
	if response, _, err := waiting.Resume(ctx, 7); err != nil || response.Value() != int64(7) {
		t.Error(response, err)
	}
}
