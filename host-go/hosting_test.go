package cu_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The program of docs/hosting.md prints what the page says, and the second time goes on with what it kept.
func TestTheProgramOfTheHostingPageKeepsItsTables(t *testing.T) {
	const page = "../docs/hosting.md"
	wanted := block(t, page, "text")
	built := build(t, block(t, page, "go"))

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
		if said := run(t, built, folder); said != want {
			t.Errorf("it prints\n%s and not\n%s", said, want)
		}
	}
}
