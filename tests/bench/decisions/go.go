// Measures what an embedder's decisions cost in host-go: `go FOLDER` prints lines `name microseconds`; FOLDER is for a store and for compiled code.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"cu"
	"cu/bboltstore"
)

const (
	loops, series, calls, commits = 100, 40, 200, 200
	never                         = 1_000_000_000_000_000
)

type run struct {
	name string
	call func(i int) error
}

// best prints the least microseconds of each, which take turns.
func best(rounds, calls int, all ...run) {
	least := make([]time.Duration, len(all))
	for round := range rounds {
		for at, each := range all {
			began := time.Now()
			for i := range calls {
				check(each.call(i))
			}
			if took := time.Since(began); round == 0 || took < least[at] {
				least[at] = took
			}
		}
	}
	for at, each := range all {
		fmt.Printf("%s %.2f\n", each.name, float64(least[at].Nanoseconds())/1000/float64(calls))
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	ctx, folder := context.Background(), os.Args[1]
	wasm, err := os.ReadFile("../dist/cu.wasm")
	check(err)
	code, err := os.ReadFile("../tests/bench/decisions/decisions.lua")
	check(err)
	engine := cu.Engine{CacheDir: filepath.Join(folder, "code")}
	module, err := cu.Open(ctx, wasm, engine)
	check(err)
	instance := func(store cu.Store, options cu.Options) *cu.Instance {
		made, err := module.New(ctx, cu.Share(store), options)
		check(err)
		_, err = made.Compute(ctx, string(code))
		check(err)
		return made
	}
	memory := func(options cu.Options) *cu.Instance { return instance(cu.NewMemoryStore(), options) }
	call := func(name string, made *cu.Instance, way string) run {
		return run{name, func(i int) error {
			_, err := made.Call(ctx, way, i)
			return err
		}}
	}

	best(5, 1, run{"cached", func(int) error {
		again, err := cu.Open(ctx, wasm, engine)
		check(err)
		made, err := again.New(ctx, nil, cu.Options{})
		check(err)
		_, err = made.Compute(ctx, "return 1")
		return err
	}})
	plain := memory(cu.Options{})
	best(loops, 1, call("loop", plain, "_home.loop"),
		call("loop_budget", memory(cu.Options{Instructions: never}), "_home.loop"),
		call("loop_time_limit", memory(cu.Options{Instructions: never, TimeLimit: 10 * time.Minute}), "_home.loop"))
	best(series, calls, call("change", plain, "_home.change"),
		call("change_atomic", memory(cu.Options{Atomic: cu.AtomicByNotes}), "_home.change"),
		call("change_atomic_host", memory(cu.Options{Atomic: cu.AtomicByStore}), "_home.change"))
	store, err := bboltstore.Open(filepath.Join(folder, "kept.bolt"))
	check(err)
	kept := instance(store, cu.Options{})
	best(series, calls, call("kept_look", kept, "_home.look"))
	best(commits, 1, call("kept_change", kept, "_home.change"))
	check(store.Close())
}
