package conformance

import (
	"context"
	"cu/bboltstore"
	"errors"
	"fmt"
	"go.etcd.io/bbolt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"cu"
)

// A Host is what the kit runs on: a module, an engine, and stores of a kind.
type Host struct {
	Wasm   []byte
	Engine cu.Engine
	// Bbolt keeps the tables of each case in a file.
	Bbolt bool
}

// Run runs the clauses of a folder, or those of them that are named, and writes the report. It returns how many cases failed.
func (h Host) Run(ctx context.Context, out io.Writer, folder string, names []string) (failed int, err error) {
	clauses, err := readKit(folder, names)
	if err != nil {
		return 0, err
	}
	seen := &border{lines: fnv.New64a(), used: fnv.New64a()}
	module, err := cu.Open(withBorder(ctx, seen), h.Wasm, h.Engine)
	if err != nil {
		return 0, err
	}
	defer module.Close(ctx)
	passed := 0
	for _, clause := range clauses {
		var failures []string
		for _, each := range clause.cases {
			if problem := h.runCase(ctx, seen, module, each); problem != "" {
				failures = append(failures, fmt.Sprintf("  %s.txt:%s", clause.name, problem))
			}
		}
		fmt.Fprintf(out, "%s %d of %d\n", clause.name, len(clause.cases)-len(failures), len(clause.cases))
		for _, failure := range failures {
			fmt.Fprintln(out, failure)
		}
		failed += len(failures)
		passed += len(clause.cases) - len(failures)
	}
	fmt.Fprintf(out, "observed %016x %016x\n", seen.lines.Sum64(), seen.used.Sum64())
	_, err = fmt.Fprintf(out, "%d passed, %d failed\n", passed, failed)
	return failed, err
}

// runCase says what is wrong, if something is.
func (h Host) runCase(ctx context.Context, seen *border, module *cu.Module, c testCase) (problem string) {
	store, remove, err := h.store()
	if err != nil {
		return err.Error()
	}
	defer remove()
	s := newSession(module, store)
	seen.session = s
	defer s.end(ctx)
	for _, step := range c.steps {
		found, err := s.guarded(ctx, step)
		if err != nil {
			found = []forms{{fmt.Sprintf("the host failed: %T: %v", err, err)}}
		}
		wanted := step.expected
		if step.words[0] == "store" {
			wanted = []line{step.line}
		}
		wantsUses := slices.ContainsFunc(wanted, func(l line) bool { return l.words[0] == "uses" })
		if last := len(found) - 1; last >= 0 && strings.HasPrefix(found[last][0], "uses") && !wantsUses {
			found = found[:last]
		}
		met := len(found) == len(wanted)
		for at, forms := range found {
			written := forms[0]
			if fits := at < len(wanted) && forms.fit(wanted[at]); fits {
				written = wanted[at].whole()
			} else {
				met = false
			}
			seen.observe(written)
		}
		if !met {
			var report strings.Builder
			fmt.Fprintf(&report, "%d: %s\n    wanted", step.number, c.title)
			for _, line := range wanted {
				report.WriteString("\n" + shortened(line.whole()))
			}
			report.WriteString("\n    found")
			for _, forms := range found {
				report.WriteString("\n" + shortened(forms[0]))
			}
			return report.String()
		}
	}
	return ""
}

// store is an empty one, and what removes it.
func (h Host) store() (tables, func(), error) {
	if !h.Bbolt {
		return cu.NewMemoryStore(), func() {}, nil
	}
	folder, err := os.MkdirTemp("", "cu-conformance")
	if err != nil {
		return nil, nil, err
	}
	// What a power cut leaves is not what the kit is about.
	db, err := bbolt.Open(filepath.Join(folder, "home.db"), 0o600, &bbolt.Options{NoSync: true, NoFreelistSync: true})
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(folder))
	}
	store := bboltstore.New(db)
	return store, func() { _ = errors.Join(store.Close(), os.RemoveAll(folder)) }, nil
}

// digits are not compared in the one text that has the length of a host's whole configuration, with fields of its own.
var digits = regexp.MustCompile("[0-9]+")

// fit says whether a line is written in one of these ways.
func (f forms) fit(wanted line) bool {
	text := wanted.whole()
	if strings.HasPrefix(text, "error -\n") && strings.Contains(text, `get(0, "config")`) {
		return digits.ReplaceAllString(f[0], "N") == digits.ReplaceAllString(text, "N")
	}
	return slices.Contains(f, text)
}

// observe adds a line to what was found, whether or not it was wanted.
func (b *border) observe(line string) {
	hash := b.lines
	if strings.HasPrefix(line, "used ") {
		hash = b.used
	}
	_, _ = io.WriteString(hash, line+"\n")
}

// guarded makes an error of a panic: a case that the runner cannot do has failed.
func (s *session) guarded(ctx context.Context, step step) (found []forms, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("panic: %v", value)
		}
	}()
	return s.step(ctx, step)
}

func shortened(text string) string {
	const most = 400
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) > most {
			line = line[:most] + fmt.Sprintf("... (%d bytes)", len(line))
		}
		lines = append(lines, "      "+line)
	}
	if len(lines) > 40 {
		lines = append(lines[:40], "      ...")
	}
	return strings.Join(lines, "\n")
}
