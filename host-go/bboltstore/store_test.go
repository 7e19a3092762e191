package bboltstore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"cu"
	"cu/bboltstore"
	"cu/storetest"
)

var (
	ctx    = context.Background()
	module *cu.Module
)

// worker is the variable that makes this program the one that is killed: it has the file's name.
const worker = "CU_BBOLT_WORKER"

func TestMain(m *testing.M) {
	wasm, err := os.ReadFile("../../dist/cu.wasm")
	if err == nil {
		module, err = cu.Open(ctx, wasm, cu.Engine{CacheDir: "../../target/go-cache"})
	}
	if err != nil {
		panic(err)
	}
	if file := os.Getenv(worker); file != "" {
		count(file)
	}
	os.Exit(m.Run())
}

func open(t *testing.T, file string) *bboltstore.Store {
	t.Helper()
	store, err := bboltstore.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func instance(t *testing.T, store cu.Store, options cu.Options) *cu.Instance {
	t.Helper()
	i, err := module.New(ctx, cu.Share(store), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close(ctx) })
	return i
}

func TestAgainstAModel(t *testing.T) {
	file := filepath.Join(t.TempDir(), "home.db")
	storetest.Run(t, open(t, file), 4_000, func(store cu.Store) cu.Store {
		if err := store.(*bboltstore.Store).Close(); err != nil {
			t.Fatal(err)
		}
		return open(t, file)
	})
}

func TestTablesOutliveTheProcessAndAFailedComputeIsUndone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "home.db")
	store := open(t, file)
	first := instance(t, store, cu.Options{Atomic: cu.AtomicByStore})
	if _, err := first.Compute(ctx, "local n = 0 function _home.count() n = n + 1 return n end _home.users = { { name = 'Ada' } } return _home.count()"); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Compute(ctx, "_home.users = nil _home.count() error('no')"); !errors.As(err, new(*cu.LuaError)) {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Compute(ctx, "return 1"); !errors.As(err, new(*cu.StoreError)) {
		t.Errorf("over a file that is closed: %v", err)
	}
	second := instance(t, open(t, file), cu.Options{})
	response, err := second.Compute(ctx, "return _home.count(), _home.users[1].name")
	if err != nil || fmt.Sprint(response.Values) != "[2 Ada]" {
		t.Errorf("%v, %v", response, err)
	}
}

func TestASecondProgramWaitsForTheFileAndIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "home.db")
	open(t, file)
	if _, err := bbolt.Open(file, 0o600, &bbolt.Options{Timeout: time.Millisecond}); !errors.Is(err, bbolt.ErrTimeout) {
		t.Error(err)
	}
	if _, err := bboltstore.Open(filepath.Join(file, "no folder")); err == nil || !strings.Contains(err.Error(), "no folder") {
		t.Error(err)
	}
}

// count is the program that is killed: it counts, and says so when the count is kept.
func count(file string) {
	store, err := bboltstore.Open(file)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	i, err := module.New(ctx, cu.Share(store), cu.Options{})
	if err == nil {
		_, err = i.Compute(ctx, `if not _home.count then
			local n = 0
			_home.rows = {}
			function _home.count()
				n = n + 1
				for row = 1, 20 do _home.rows[row] = { n = n, text = ("x"):rep(n % 700) } end
				return n
			end
		end`)
	}
	for err == nil {
		var response *cu.Response
		if response, err = i.Call(ctx, "_home.count"); err == nil {
			fmt.Println(response.Value())
		}
	}
	fmt.Println(err)
	os.Exit(1)
}

func TestAKilledProcessLeavesWholeCalls(t *testing.T) {
	rounds := 8
	if given, err := strconv.Atoi(os.Getenv("CU_ROUNDS")); err == nil {
		rounds = given
	}
	file := filepath.Join(t.TempDir(), "home.db")
	last := int64(0)
	for round := range rounds {
		program := exec.Command(os.Args[0])
		program.Env = append(os.Environ(), worker+"="+file)
		out, err := program.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := program.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(out)
		if _, err := lines.ReadString('\n'); err != nil { // it has begun
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
		if err := program.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		rest, _ := io.ReadAll(lines)
		_ = program.Wait()
		said := strings.Fields(string(rest))
		for _, line := range said {
			number, err := strconv.ParseInt(line, 10, 64)
			if err != nil {
				t.Fatalf("round %d: %s", round, rest)
			}
			last = number
		}
		store := open(t, file)
		response, err := instance(t, store, cu.Options{}).Compute(ctx, `
			for row = 2, 20 do assert(_home.rows[row].n == _home.rows[1].n and #_home.rows[row].text == _home.rows[1].n % 700) end
			return _home.rows[1].n`)
		if err != nil {
			t.Fatal(err)
		}
		// What was said is kept; one call more may be, which could not say so.
		if kept := response.Value().(int64); kept < last || len(said) > 0 && kept > last+1 {
			t.Fatalf("round %d: %d calls were said to be kept, %d are", round, last, kept)
		} else {
			last = kept
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		check(t, file)
	}
	if last < int64(rounds) {
		t.Errorf("%d calls in %d rounds: nothing was killed in its work", last, rounds)
	}
}

// check lets bbolt look at every page.
func check(t *testing.T, file string) {
	t.Helper()
	db, err := bbolt.Open(file, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.View(func(tx *bbolt.Tx) error {
		var all error
		for problem := range tx.Check() {
			all = errors.Join(all, problem)
		}
		return all
	}); err != nil {
		t.Fatal(err)
	}
}
