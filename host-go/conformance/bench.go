package conformance

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"cu"
)

// Bench measures the host, and writes lines `name value unit`; for each program its time, and its first result.
func Bench(ctx context.Context, out io.Writer, wasm []byte, engine cu.Engine, programs []string) error {
	began := time.Now()
	module, err := cu.Open(ctx, wasm, engine)
	if err != nil {
		return err
	}
	defer module.Close(ctx)
	if _, err := first(ctx, module, cu.Options{}); err != nil {
		return err
	}
	fmt.Fprintf(out, "from_bytes %.0f us\n", perCall(time.Since(began), 1))

	best := time.Hour
	for range 20 {
		began = time.Now()
		instance, err := first(ctx, module, cu.Options{})
		if err != nil {
			return err
		}
		best = min(best, time.Since(began))
		_ = instance.Close(ctx)
	}
	fmt.Fprintf(out, "from_module %.0f us\n", perCall(best, 1))

	const instances = 100
	var all []*cu.Instance
	before := resident()
	for range instances {
		instance, err := first(ctx, module, cu.Options{})
		if err != nil {
			return err
		}
		all = append(all, instance)
	}
	if before > 0 {
		fmt.Fprintf(out, "memory %d bytes\n", (resident()-before)/instances)
	}
	instance := all[0]
	if _, err := instance.Compute(ctx, "function _home.add(a, b) return a + b end local n = 0 function _home.count() n = n + 1 return n end"); err != nil {
		return err
	}
	for _, each := range []struct {
		name string
		call func() (*cu.Response, error)
	}{
		{"return_1", func() (*cu.Response, error) { return instance.Compute(ctx, "return 1") }},
		{"call", func() (*cu.Response, error) { return instance.Call(ctx, "_home.add", 1, 2) }},
		{"call_counter", func() (*cu.Response, error) { return instance.Call(ctx, "_home.count") }},
	} {
		time, err := bestOf(each.call)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s %.2f us\n", each.name, time)
	}
	runtime.KeepAlive(all)
	for _, program := range programs {
		source, err := os.ReadFile(program)
		if err != nil {
			return err
		}
		instance, err := module.New(ctx, nil, cu.Options{Instructions: cu.Instructions - 1})
		if err != nil {
			return err
		}
		began := time.Now()
		response, err := instance.Compute(ctx, string(source))
		if err != nil {
			return fmt.Errorf("%s: %w", program, err)
		}
		fmt.Fprintf(out, "%s %.0f us %v\n", strings.TrimSuffix(filepath.Base(program), ".lua"), perCall(time.Since(began), 1), response.Value())
		_ = instance.Close(ctx)
	}
	return nil
}

// first is a new instance that has computed something.
func first(ctx context.Context, module *cu.Module, options cu.Options) (*cu.Instance, error) {
	instance, err := module.New(ctx, nil, options)
	if err == nil {
		_, err = instance.Compute(ctx, "return 1")
	}
	return instance, err
}

// bestOf is the least time of a call, in microseconds, of ten rounds.
func bestOf(call func() (*cu.Response, error)) (float64, error) {
	const rounds = 10
	calls, best := 1, 0.0
	for round := 0; round < rounds; {
		began := time.Now()
		for range calls {
			if _, err := call(); err != nil {
				return 0, err
			}
		}
		took := time.Since(began)
		if took < 30*time.Millisecond {
			calls *= 2
			continue
		}
		if each := perCall(took, calls); round == 0 || each < best {
			best = each
		}
		round++
	}
	return best, nil
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
