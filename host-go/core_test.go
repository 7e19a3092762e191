package cu

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// core is what a host needs at least, and nothing else: load, check of the section, imports, compute, codec, a store in memory, with their
// types and errors. These files are complete without the others.
var core = []string{
	"module.go", "section.go", "memory.go", "imports.go", "compute.go", "decode.go", "encode.go", "value.go", "store.go", "memory_store.go",
	"errors.go", "problem.go",
}

// printed is what no hand wrote.
var printed = []string{"abi.go"}

// coreLines are the most lines of the core: all but blank ones, comments, and what a file imports.
const coreLines = 600

var imported = regexp.MustCompile(`(?ms)^(package .*?$|import \(.*?^\))`)

func TestTheCoreIsSmallAndStandsAlone(t *testing.T) {
	lines := 0
	for _, file := range core {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(imported.ReplaceAllString(string(content), "")) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
				lines++
			}
		}
	}
	if t.Logf("the core has %d lines", lines); lines > coreLines {
		t.Errorf("the core has %d lines; %d are the most", lines, coreLines)
	}
	vet := exec.Command("go", append([]string{"build", "-o", os.DevNull}, append(core, printed...)...)...)
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
