// Package conformance runs the conformance kit of cu (tests/conformance/README.md) on the Go host.
package conformance

import (
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A clause is one file.
type clause struct {
	name  string
	cases []testCase
}

type testCase struct {
	title string
	steps []step
}

// A line is words, and the text below them.
type line struct {
	number int
	words  []string
	text   []string
}

func (l line) joined() string { return strings.Join(l.text, "\n") }

// whole is the line as it stands in the file.
func (l line) whole() string {
	all := strings.Join(l.words, " ")
	for _, text := range l.text {
		all += "\n  " + text
	}
	return all
}

// A step has what is expected to come of it.
type step struct {
	line
	expected []line
}

var expectations = []string{"results", "error", "waits", "failed", "output", "called", "event", "used", "uses", "encodes", "malformed", "value", "refused"}

func parse(name, content string) (clause, error) {
	c := clause{name: name}
	var last *line
	for number, text := range strings.Split(content, "\n") {
		if inner, isText := strings.CutPrefix(text, "  "); isText {
			if last == nil {
				return c, fmt.Errorf("%s:%d: text of no line", name, number+1)
			}
			last.text = append(last.text, inner)
			continue
		}
		if text == "" || text[0] == '#' {
			continue
		}
		l := line{number: number + 1, words: strings.Split(text, " ")}
		if l.words[0] == "case" {
			c.cases = append(c.cases, testCase{title: strings.TrimPrefix(text, "case ")})
			last = nil
			continue
		}
		if len(c.cases) == 0 {
			return c, fmt.Errorf("%s:%d: a step of no case", name, number+1)
		}
		current := &c.cases[len(c.cases)-1]
		if !slices.Contains(expectations, l.words[0]) {
			current.steps = append(current.steps, step{line: l})
			last = &current.steps[len(current.steps)-1].line
		} else if len(current.steps) == 0 {
			return c, fmt.Errorf("%s:%d: it is expected of no step", name, number+1)
		} else {
			of := &current.steps[len(current.steps)-1]
			of.expected = append(of.expected, l)
			last = &of.expected[len(of.expected)-1]
		}
	}
	return c, nil
}

// readKit reads the clauses of a folder, or those of them that are named.
func readKit(folder string, names []string) (clauses []clause, err error) {
	if len(names) == 0 {
		files, err := filepath.Glob(filepath.Join(folder, "*.txt"))
		if err != nil || len(files) == 0 {
			return nil, fmt.Errorf("no clauses (*.txt) in %s: %v", folder, err)
		}
		for _, file := range files {
			names = append(names, strings.TrimSuffix(filepath.Base(file), ".txt"))
		}
	}
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(folder, name+".txt"))
		if err != nil {
			return nil, err
		}
		c, err := parse(name, string(content))
		if err != nil {
			return nil, err
		}
		clauses = append(clauses, c)
	}
	return clauses, nil
}

// fromHex reads bytes, perhaps in pieces: a0+61*3+00.
func fromHex(text string) ([]byte, error) {
	var all []byte
	for piece := range strings.SplitSeq(text, "+") {
		digits, times, repeated := strings.Cut(piece, "*")
		count := 1
		if repeated {
			var err error
			if count, err = strconv.Atoi(times); err != nil {
				return nil, err
			}
		}
		if digits == "-" {
			continue
		}
		decoded, err := hex.DecodeString(digits)
		if err != nil {
			return nil, fmt.Errorf("%q is no HEX: %w", piece, err)
		}
		all = append(all, slices.Repeat(decoded, count)...)
	}
	return all, nil
}

func toHex(bytes []byte) string {
	if len(bytes) == 0 {
		return "-"
	}
	return hex.EncodeToString(bytes)
}

// forms are the ways to write a line: whole, or by length and hash.
type forms []string

func hashOf(bytes string) string {
	hash := fnv.New64a()
	hash.Write([]byte(bytes))
	return fmt.Sprintf("%016x", hash.Sum64())
}

func hexForms(word string, bytes []byte) forms {
	return forms{word + " " + toHex(bytes), fmt.Sprintf("%s %d %s", word, len(bytes), hashOf(string(bytes)))}
}

// textForms indents a text, whose bytes may have one more newline.
func textForms(word, text, end string) forms {
	bytes := text + end
	return forms{word + "\n  " + strings.ReplaceAll(text, "\n", "\n  "), fmt.Sprintf("%s %d %s", word, len(bytes), hashOf(bytes))}
}

func linesForms(word string, lines []string) forms {
	whole, all := word, ""
	for _, line := range lines {
		whole += "\n  " + line
		all += line + "\n"
	}
	return forms{whole, fmt.Sprintf("%s %d %s", word, len(lines), hashOf(all))}
}
