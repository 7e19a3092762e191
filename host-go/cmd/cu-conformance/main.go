// Command cu-conformance runs the conformance kit on the Go host.
//
//	go run ./cmd/cu-conformance [-interpreter] [-module ../dist/cu.wasm] FOLDER [CLAUSE...]
//	go run ./cmd/cu-conformance -bench [PROGRAM.lua...]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"cu"
	"cu/conformance"
)

func main() {
	interpreter := flag.Bool("interpreter", false, "run in wazero's interpreter")
	file := flag.String("module", "../dist/cu.wasm", "the module")
	cache := flag.String("cache", "", "a folder for compiled code")
	inFile := flag.Bool("bbolt", false, "keep the tables of each case in a file of bbolt")
	bench := flag.Bool("bench", false, "measure the host in the place of running the kit: lines of name, value and unit")
	flag.Parse()
	if flag.NArg() == 0 && !*bench {
		fmt.Fprintln(os.Stderr, "usage: cu-conformance [OPTIONS] FOLDER [CLAUSE...]")
		flag.PrintDefaults()
		os.Exit(2)
	}
	wasm, err := os.ReadFile(*file)
	if err != nil {
		fail(err)
	}
	engine := cu.Engine{Interpreter: *interpreter, CacheDir: *cache}
	if *bench {
		if err := conformance.Bench(context.Background(), os.Stdout, wasm, engine, flag.Args()); err != nil {
			fail(err)
		}
		return
	}
	host := conformance.Host{Wasm: wasm, Engine: engine, Bbolt: *inFile}
	failed, err := host.Run(context.Background(), os.Stdout, flag.Arg(0), flag.Args()[1:])
	if err != nil {
		fail(err)
	}
	if failed > 0 {
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "cu-conformance:", err)
	os.Exit(1)
}
