package conformance

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"cu"
)

// Bench measures the host, and writes lines `name value unit`.
func Bench(ctx context.Context, out io.Writer, wasm []byte, engine cu.Engine) error {
	began := time.Now()
	module, err := cu.Open(ctx, wasm, engine)
	if err != nil {
		return err
	}
	defer module.Close(ctx)
	fmt.Fprintf(out, "open_module %.1f ms\n", float64(time.Since(began).Microseconds())/1000)

	const instances = 200
	before := resident()
	began = time.Now()
	var all []*cu.Instance
	for range instances {
		instance, err := module.New(ctx, nil, cu.Options{})
		if err != nil {
			return err
		}
		all = append(all, instance)
	}
	fmt.Fprintf(out, "new_instance %.1f us\n", perCall(time.Since(began), instances))
	if before > 0 {
		fmt.Fprintf(out, "resident_per_instance %.0f bytes\n", float64(resident()-before)/instances)
	}
	instance := all[0]
	if _, err := instance.Compute(ctx, "function _home.add(a, b) return a + b end local n = 0 function _home.count() n = n + 1 return n end"); err != nil {
		return err
	}
	for name, call := range map[string]func() (*cu.Response, error){
		"call_stored_function":  func() (*cu.Response, error) { return instance.Call(ctx, "_home.add", 1, 2) },
		"call_captured_counter": func() (*cu.Response, error) { return instance.Call(ctx, "_home.count") },
		"return_1":              func() (*cu.Response, error) { return instance.Compute(ctx, "return 1") },
	} {
		rounds := 1
		var took time.Duration
		for took < 300*time.Millisecond {
			rounds *= 2
			began := time.Now()
			for range rounds {
				if _, err := call(); err != nil {
					return err
				}
			}
			took = time.Since(began)
		}
		fmt.Fprintf(out, "%s %.2f us\n", name, perCall(took, rounds))
	}
	runtime.KeepAlive(all)
	return nil
}

func perCall(took time.Duration, calls int) float64 {
	return float64(took.Nanoseconds()) / 1000 / float64(calls)
}

// resident is this process's memory in bytes; 0 where the system does not say.
func resident() int64 {
	debug.FreeOSMemory()
	status, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages, _ := strconv.ParseInt(strings.Fields(string(status))[1], 10, 64)
	return pages * int64(os.Getpagesize())
}
