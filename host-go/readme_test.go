package cu_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The program of the README runs as it is, in the root of the repository, and prints what its comments say.
func TestTheProgramOfTheReadmeRuns(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	program := regexp.MustCompile("(?s)```go\n(.*?)```").FindSubmatch(readme)[1]
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "main.go"), program, 0o600); err != nil {
		t.Fatal(err)
	}
	built := filepath.Join(folder, "program")
	if said, err := exec.Command("go", "build", "-o", built, filepath.Join(folder, "main.go")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	run := exec.Command(built)
	run.Dir = ".."
	run.Env = append(os.Environ(), "TMPDIR="+folder)
	said, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	var wanted []string
	for _, comment := range regexp.MustCompile(`fmt\.Print.*\) // (.*)`).FindAllSubmatch(program, -1) {
		wanted = append(wanted, string(comment[1]))
	}
	if got := strings.TrimSpace(string(said)); len(wanted) < 5 || got != strings.Join(wanted, "\n") {
		t.Errorf("it prints\n%s\nand not\n%s", got, strings.Join(wanted, "\n"))
	}
}
