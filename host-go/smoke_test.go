package cu

import (
	"context"
	"os"
	"testing"
)

var module = func() *Module {
	wasm, err := os.ReadFile("../dist/cu.wasm")
	if err != nil {
		panic(err)
	}
	m, err := Open(context.Background(), wasm, Engine{CacheDir: "../target/go-cache"})
	if err != nil {
		panic(err)
	}
	return m
}()

func TestSmoke(t *testing.T) {
	ctx := context.Background()
	i, err := module.New(ctx, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := i.Compute(ctx, "print('hello') function _home.f(a) return a + 1 end return 6 * 7, {name='cu'}")
	t.Log(r, err)
	r, err = i.Call(ctx, "_home.f", 41)
	t.Log(r, err)
	r, err = i.Compute(ctx, "error('no')")
	t.Logf("%v %#v", r, err)
}

func BenchmarkCall(b *testing.B) {
	ctx := context.Background()
	i, err := module.New(ctx, nil, Options{})
	if err != nil {
		b.Fatal(err)
	}
	i.Compute(ctx, "function _home.f(a) return a + 1 end")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := i.Call(ctx, "_home.f", 41); err != nil {
			b.Fatal(err)
		}
	}
}
func BenchmarkReturn1(b *testing.B) {
	ctx := context.Background()
	i, _ := module.New(ctx, nil, Options{})
	b.ReportAllocs()
	for b.Loop() {
		i.Compute(ctx, "return 1")
	}
}
