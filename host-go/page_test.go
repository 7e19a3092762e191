package cu_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// block is the first one of a language on a page.
func block(t *testing.T, page, language string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindSubmatch(text)
	if found == nil {
		t.Fatalf("%s has no block of %s", page, language)
	}
	return string(found[1])
}

// build compiles a program of a page, and answers where it is.
func build(t *testing.T, program string) string {
	t.Helper()
	folder := t.TempDir()
	source, built := filepath.Join(folder, "main.go"), filepath.Join(folder, "program")
	if err := os.WriteFile(source, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command("go", "build", "-o", built, source).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return built
}

// run answers what a program prints in a folder, with these variables besides.
func run(t *testing.T, program, folder string, environment ...string) string {
	t.Helper()
	command := exec.Command(program)
	command.Dir = folder
	command.Env = append(os.Environ(), environment...)
	said, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return string(said)
}
