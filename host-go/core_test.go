package cu

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// core is what a host needs at least: load, check of the section, imports, compute, codec, and a store in memory. It is complete without
// the other files, and imports wazero and Go's library alone.
var core = []string{"module.go", "section.go", "memory.go", "imports.go", "compute.go", "decode.go", "encode.go", "memory_store.go"}

// declared are types, errors, and how they are raised.
var declared = []string{"abi.go", "value.go", "store.go", "errors.go", "problem.go", "gate.go", "memory_units.go"}

// coreLines are the most lines of the core, without blank ones, comments, and what is imported.
const coreLines = 600

func TestTheCoreIsSmallAndStandsAlone(t *testing.T) {
	lines := 0
	for _, file := range core {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, code, _ := strings.Cut(string(content), "\n)\n")
		for line := range strings.Lines(code) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
				lines++
			}
		}
	}
	if t.Logf("the core has %d lines", lines); lines > coreLines {
		t.Errorf("the core has %d lines; %d are the most", lines, coreLines)
	}
	vet := exec.Command("go", append([]string{"build", "-o", os.DevNull}, append(core, declared...)...)...)
	if said, err := vet.CombinedOutput(); err != nil {
		t.Errorf("the core does not stand alone: %v\n%s", err, said)
	}
	list := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "cu")
	said, err := list.CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(string(said)) {
		if path != "cu" && !strings.HasPrefix(path, "github.com/tetratelabs/wazero") && !strings.HasPrefix(path, "golang.org/x/sys/") {
			t.Errorf("package cu imports %s", path)
		}
	}
}
