package cu

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"strconv"
	"testing"
	"time"
)

var interpreted = flag.Bool("interpreter", false, "run the tests in wazero's interpreter")

// wasm is the module's bytes; module and ctx are what most tests use.
var (
	ctx    = context.Background()
	wasm   []byte
	module *Module
)

func TestMain(m *testing.M) {
	flag.Parse()
	var err error
	if wasm, err = os.ReadFile("../dist/cu.wasm"); err == nil {
		module, err = Open(ctx, wasm, testEngine())
	}
	if err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// testEngine keeps compiled code, so that tests begin at once.
func testEngine() Engine {
	return Engine{Interpreter: *interpreted, CacheDir: "../target/go-cache"}
}

func open(t testing.TB, store Store, options Options) *Instance {
	t.Helper()
	var shared *Shared
	if store != nil {
		shared = Share(store)
	}
	instance, err := module.New(ctx, shared, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = instance.Close(ctx) })
	return instance
}

// value computes code that succeeds, and returns its first value.
func value(t testing.TB, instance *Instance, code string) any {
	t.Helper()
	response, err := instance.Compute(ctx, code)
	if err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	return response.Value()
}

func vectors(t testing.TB, name string, into any) {
	t.Helper()
	content, err := os.ReadFile("../abi/vectors/" + name)
	if err == nil {
		err = json.Unmarshal(content, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	decoded, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

// seeded returns a seed, which a test that fails prints; the variable CU_SEED repeats a run.
func seeded(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if given, err := strconv.ParseUint(os.Getenv("CU_SEED"), 10, 64); err == nil {
		seed = given
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the seed was %d", seed)
		}
	})
	return seed
}
