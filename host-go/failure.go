package cu

import (
	"strconv"
	"strings"
)

const (
	tracebackMark = "\nstack traceback:\n"
	hostFailed    = ": it answered "
	rateMark      = ", too many operations a second"
)

// failure makes the error of a text, of the module's event "error", if there was one, and of what failed meanwhile.
func (r *run) failure(text string) error {
	e := &LuaError{Text: text, Message: text}
	// A message may quote a traceback; the module's own comes last.
	if at := strings.LastIndex(text, tracebackMark); at >= 0 {
		e.Message, e.Traceback = text[:at], text[at+1:]
	}
	e.Chunk, e.Line = position(e.Message)
	if event := r.errorEvent; event != nil {
		e.Class, _ = event.Get(FieldClass).(string)
		e.Value = event.Get(FieldValue)
		e.Waits = event.Get(FieldWaits) == true
	}
	if e.Class == ClassInterrupted {
		e.Cause = r.stopped
	}
	// By the same rule as of the store: it ends with what the host said.
	if e.Cause == nil && r.raised.ended(e.Message, e.Value) {
		e.Cause = r.raised.err
	}
	ends := strings.TrimSuffix(e.Message, rateMark)
	if at := strings.LastIndex(ends, hostFailed); at >= 0 {
		if answer, err := strconv.Atoi(ends[at+len(hostFailed):]); err == nil && r.failed[answer] != nil {
			return &HostError{Lua: e, Cause: r.failed[answer]}
		}
	}
	return e
}

// position reads "chunk:line:" at the front of a message.
func position(message string) (string, int) {
	chunk, rest, ok := strings.Cut(message, ":")
	digits, _, ends := strings.Cut(rest, ":")
	line, err := strconv.Atoi(digits)
	if !ok || !ends || err != nil || line <= 0 || strings.Contains(chunk, "\n") {
		return "", 0
	}
	return chunk, line
}
