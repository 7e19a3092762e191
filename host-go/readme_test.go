package cu_test

import (
	"regexp"
	"strings"
	"testing"
)

// The program of the README runs as it is, in the root of the repository, and prints what its comments say.
func TestTheProgramOfTheReadmeRuns(t *testing.T) {
	program := block(t, "README.md", "go")
	said := run(t, build(t, program), "..", "TMPDIR="+t.TempDir())
	var wanted []string
	for _, comment := range regexp.MustCompile(`fmt\.Print.*\) // (.*)`).FindAllStringSubmatch(program, -1) {
		wanted = append(wanted, comment[1])
	}
	if got := strings.TrimSpace(said); len(wanted) < 5 || got != strings.Join(wanted, "\n") {
		t.Errorf("it prints\n%s\nand not\n%s", got, strings.Join(wanted, "\n"))
	}
}
