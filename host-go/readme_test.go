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
	run := exec.Command(build(t, program))
	run.Dir = ".."
	run.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
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

// build compiles a program of a page, and answers where it is.
func build(t *testing.T, program []byte) string {
	folder := t.TempDir()
	source, built := filepath.Join(folder, "main.go"), filepath.Join(folder, "program")
	if err := os.WriteFile(source, program, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command("go", "build", "-o", built, source).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return built
}
