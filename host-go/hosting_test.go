package cu_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The program of docs/hosting.md prints what the page says, and the second time goes on with what it kept.
func TestTheProgramOfTheHostingPageKeepsItsTables(t *testing.T) {
	page, err := os.ReadFile("../docs/hosting.md")
	if err != nil {
		t.Fatal(err)
	}
	wanted := string(regexp.MustCompile("(?s)```text\n(.*?)```").FindSubmatch(page)[1])
	built := build(t, regexp.MustCompile("(?s)```go\n(.*?)```").FindSubmatch(page)[1])

	// A folder as the root of the repository.
	folder := t.TempDir()
	dist, err := filepath.Abs("../dist")
	if err == nil {
		err = os.Symlink(dist, filepath.Join(folder, "dist"))
	}
	if err == nil {
		err = os.Mkdir(filepath.Join(folder, "target"), 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{wanted, strings.Replace(wanted, "so far: 4", "so far: 8", 1)} {
		run := exec.Command(built)
		run.Dir = folder
		if said, err := run.CombinedOutput(); err != nil || string(said) != want {
			t.Errorf("it prints\n%s(%v) and not\n%s", said, err, want)
		}
	}
}
