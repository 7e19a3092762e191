package conformance

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"cu"
)

const (
	kit    = "../../tests/conformance"
	cached = "../../target/go-cache"
)

func module(t *testing.T) []byte {
	t.Helper()
	wasm, err := os.ReadFile("../../dist/cu.wasm")
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}

func TestTheHostPassesTheKit(t *testing.T) {
	wasm := module(t)
	for name, host := range map[string]Host{
		"compiler":    {Engine: cu.Engine{CacheDir: cached}},
		"interpreter": {Engine: cu.Engine{Interpreter: true}},
		"bbolt":       {Engine: cu.Engine{CacheDir: cached}, Bbolt: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var report bytes.Buffer
			host.Wasm = wasm
			failed, err := host.Run(context.Background(), &report, kit, nil)
			wanted := 0
			if host.Bbolt && strings.Contains(report.String(), "a key with nothing") {
				wanted = 1 // bbolt has no key without bytes, and cu has none either
			}
			if failed != wanted || err != nil {
				t.Errorf("%v\n%s", err, report.String())
			}
			if clauses := strings.Count(report.String(), " of "); clauses < 20 {
				t.Errorf("%d clauses:\n%s", clauses, report.String())
			}
		})
	}
}

// A runner that cannot fail is worthless: each of these expectations is wrong, and so is a host that breaks its promises.
func TestWrongExpectationsFail(t *testing.T) {
	folder := t.TempDir()
	for name, wrong := range map[string]string{
		"results":   "open\nrun\n  return 1\nresults 020200000000000000\nused 34\n",
		"used":      "open\nrun\n  return 1\nresults 020100000000000000\nused 33\n",
		"output":    "open\nrun\n  print('x')\nresults 00\noutput\n  y\nused 700\n",
		"missing":   "open\nrun\n  print('x')\nresults 00\n",
		"error":     "open\nrun\n  error('no', 0)\nerror runtime\n  yes\nused 700\n",
		"failed":    "open\nrun\n  _home.a = 1\nfailed\n",
		"uses":      "open\nrun\n  _home.a = 1\nresults 00\nused 720\nuses\n  get 1 016100\n",
		"store":     "open\nstore\n  1 016100 00\n",
		"malformed": "decode 0105\nmalformed 0\n",
		"encodes":   "decode 0101\nencodes 0100\n",
		"value":     "key 14\nvalue 020100000000000000\n",
		"refused":   "key 14\nrefused\n",
		"step":      "nothing is called so\n",
		"no label":  "open\nresume a results 00\nresults 00\n",
	} {
		if err := os.WriteFile(folder+"/"+strings.ReplaceAll(name, " ", "_")+".txt", []byte("case "+name+"\n"+wrong), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var report bytes.Buffer
	failed, err := Host{Wasm: module(t), Engine: cu.Engine{CacheDir: cached}}.Run(context.Background(), &report, folder, nil)
	if failed != 14 || err != nil || !strings.HasSuffix(report.String(), "\n0 passed, 14 failed\n") {
		t.Errorf("%d failed, %v\n%s", failed, err, report.String())
	}
}

func TestTheBenchPrintsWhatTheMatrixWants(t *testing.T) {
	program := t.TempDir() + "/seven.lua"
	if err := os.WriteFile(program, []byte("return 7"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Bench(context.Background(), &out, module(t), cu.Engine{CacheDir: cached}, []string{program}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"from_bytes", "from_module", "return_1", "call", "seven"} {
		if !strings.Contains("\n"+out.String(), "\n"+name+" ") {
			t.Errorf("there is no %s in\n%s", name, out.String())
		}
	}
	if !strings.HasSuffix(out.String(), " us 7\n") {
		t.Error(out.String())
	}
}
