package conformance

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"cu"
)

// A session does the steps of one case.
type session struct {
	module    *cu.Module
	store     *failingStore
	shared    *cu.Shared
	options   cu.Options
	instances map[string]*cu.Instance
	homes     map[*cu.Instance]string
	current   *cu.Instance
	// waiting are computes that wait, or did, by label.
	waiting map[string]waiting
	now     time.Time

	// What the border saw in this call.
	inImport, repeats bool
	room              uint32
	uses              []string
	called, events    []forms
	used              []forms
	wanted            []string // kinds of event
	ticks             int
	tickReason        string
}

type waiting struct {
	*cu.Waiting
	of    *cu.Instance
	until bool // it waits
}

func newSession(module *cu.Module, store tables) *session {
	s := &session{module: module, instances: map[string]*cu.Instance{}, homes: map[*cu.Instance]string{}, waiting: map[string]waiting{}}
	s.store = &failingStore{tables: store, session: s}
	s.shared = cu.Share(s.store)
	s.options.Functions = map[string]cu.Function{}
	s.options.Events = []string{cu.EventUsage}
	s.options.OnEvent = s.event
	return s
}

func (s *session) end(ctx context.Context) {
	for _, instance := range s.instances {
		_ = instance.Close(ctx)
	}
}

func (s *session) event(event cu.Event) {
	if slices.Contains(s.wanted, event.Kind) {
		s.events = append(s.events, hexForms("event", event.Encoded))
	}
	if event.Kind == cu.EventUsage {
		s.used = append(s.used, forms{fmt.Sprintf("used %v", event.Fields.Get(cu.FieldInstructions))})
	}
}

// asked is a question whether the script may go on.
func (s *session) asked() {
	if s.ticks > 0 {
		if s.ticks--; s.ticks == 0 {
			s.current.Stop(s.tickReason)
		}
	}
}

// step does a step, and returns the lines that came of it, each in the ways to write it.
func (s *session) step(ctx context.Context, step step) ([]forms, error) {
	words := step.words
	word := func(at int) string {
		if at < len(words) {
			return words[at]
		}
		return ""
	}
	bytes := func(at int) []byte {
		decoded, err := fromHex(word(at))
		if err != nil {
			panic(fmt.Sprintf("line %d: %v", step.number, err))
		}
		return decoded
	}
	number := func(at int) int {
		n, err := strconv.Atoi(word(at))
		if err != nil {
			panic(fmt.Sprintf("line %d: %v", step.number, err))
		}
		return n
	}
	name := func(at int) string {
		if word(at) == "" {
			return "a"
		}
		return word(at)
	}
	var label string
	if at := len(words) - 2; at > 0 && words[at] == "as" {
		label = words[at+1]
	} else {
		label = "a"
	}
	switch word(0) {
	case "config":
		s.options.Config = nil
		if word(1) != "-" {
			decoded, err := cu.Decode(bytes(1))
			if err != nil {
				return nil, err
			}
			s.options.Config = decoded.(cu.Table)
		}
	case "events":
		s.wanted = words[1:]
		s.options.Events = append([]string{cu.EventUsage}, s.wanted...)
	case "home":
		s.options.Home = strings.Join(words[1:], " ")
	case "now":
		milliseconds, err := strconv.ParseFloat(word(1), 64)
		if err != nil {
			return nil, err
		}
		s.now = time.UnixMicro(int64(math.Round(milliseconds * 1000)))
		s.options.Now = func() time.Time { return s.now }
	case "offer":
		s.offer(word(1), word(2), step.text)
	case "open":
		s.begin()
		instance, err := s.module.New(ctx, s.shared, s.options)
		if err != nil {
			return nil, err
		}
		s.instances[name(1)], s.current = instance, instance
		s.homes[instance] = s.options.Home
	case "use":
		if s.current = s.instances[name(1)]; s.current == nil {
			return nil, fmt.Errorf("no instance is called %s", name(1))
		}
	case "drop":
		if err := s.instances[name(1)].Close(ctx); err != nil {
			return nil, err
		}
		delete(s.instances, name(1))
	case "put":
		return nil, s.shared.Update(ctx, func(store cu.Store) error { return store.Set(uint32(number(1)), bytes(2), bytes(3)) })
	case "remove":
		return nil, s.shared.Update(ctx, func(store cu.Store) error { return store.Delete(uint32(number(1)), bytes(2)) })
	case "fail":
		s.store.from, s.store.to = number(1), number(1)+1
		if word(2) == "on" {
			s.store.to = math.MaxInt
		}
	case "tick":
		s.ticks, s.tickReason = number(1), strings.Join(words[2:], " ")
	case "store":
		return s.dump(ctx)
	case "decode":
		return decode(bytes(1))
	case "key":
		return key(bytes(1))
	case "collect":
		return s.collect(ctx)
	case "run":
		return s.compute(ctx, label, step.joined())
	case "compute":
		return s.compute(ctx, label, string(bytes(1)))
	case "call", "content":
		// The bytes of the arguments as they are, also those that no encoder writes.
		record, err := cu.Call{Way: word(1), Content: word(0) == "content"}.Encode()
		if err != nil {
			return nil, err
		}
		for args := bytes(2); len(args) > 0; {
			length := lengthOf(args)
			record += string(append([]byte{cu.CallValue}, args[:length]...))
			args = args[length:]
		}
		return s.compute(ctx, label, record)
	case "resume":
		return s.resume(ctx, word(1), word(2), bytes(3))
	case "cancel":
		return s.cancel(ctx, word(1))
	default:
		return nil, fmt.Errorf("no step is called %s", word(0))
	}
	return nil, nil
}

// lengthOf is that of the first value.
func lengthOf(encoded []byte) int {
	switch encoded[0] {
	case cu.TagNil:
		return 1
	case cu.TagBoolean:
		return 2
	case cu.TagInteger, cu.TagFloat:
		return 9
	case cu.TagExternal:
		return 5
	}
	return 5 + int(binary.LittleEndian.Uint32(encoded[1:]))
}

// offer adds a function that gives its answers in turn.
func (s *session) offer(name, mode string, answers []string) {
	function := cu.Function{Mode: mode, Call: func(context.Context, []any) ([]any, error) {
		if len(answers) == 0 {
			return nil, errors.New("no answer")
		}
		answer := strings.Split(answers[0], " ")
		answers = answers[1:]
		if answer[0] == "wait" {
			return nil, cu.Later(nil)
		}
		decoded, err := fromHex(answer[1])
		if err != nil {
			return nil, err
		}
		values, err := cu.DecodeAll(decoded)
		if answer[0] == "error" && err == nil {
			return nil, &cu.Raise{Value: values[0]}
		}
		return values, err
	}}
	if mode == cu.FunctionAsync {
		function.Call = nil // the case answers
	}
	s.options.Functions[name] = function
}

// optionsOf are those of a call of an instance now.
func (s *session) optionsOf(instance *cu.Instance) cu.Options {
	options := s.options
	options.Home = s.homes[instance]
	return options
}

// begin begins a call.
func (s *session) begin() {
	s.uses, s.called, s.events, s.used = nil, nil, nil, nil
	s.store.count, s.repeats = 0, false
}

// call makes a call of the module, and returns the lines of what came, before those of what was seen meanwhile.
func (s *session) call(came func() []forms) ([]forms, error) {
	s.begin()
	lines := came()
	s.store.from, s.store.to, s.ticks = 0, 0, 0
	lines = append(lines, s.called...)
	lines = append(lines, s.events...)
	lines = append(lines, s.used...)
	return append(lines, linesForms("uses", s.uses)), nil
}

func (s *session) compute(ctx context.Context, label, code string) ([]forms, error) {
	instance, err := s.current.With(s.optionsOf(s.current))
	if err != nil {
		return nil, err
	}
	return s.call(func() []forms {
		return s.came(label, s.current, func() (*cu.Response, *cu.Waiting, error) { return instance.Start(ctx, code) })
	})
}

func (s *session) resume(ctx context.Context, label, kind string, answer []byte) ([]forms, error) {
	w := s.waiting[label]
	if w.Waiting == nil || !s.waits(w) {
		form := byte(cu.AnswerResults)
		if kind == "error" {
			form = cu.AnswerError
		}
		return s.compute(ctx, label, oldTicket(w, append([]byte{form}, answer...)))
	}
	values, err := cu.DecodeAll(answer)
	if err != nil {
		return nil, err
	}
	if w.Waiting, err = w.With(s.optionsOf(w.of)); err != nil {
		return nil, err
	}
	return s.call(func() []forms {
		return s.came(label, w.of, func() (*cu.Response, *cu.Waiting, error) {
			if kind == "error" {
				return w.Raise(ctx, &cu.Raise{Value: values[0]})
			}
			return w.Resume(ctx, values...)
		})
	})
}

func (s *session) cancel(ctx context.Context, label string) ([]forms, error) {
	w := s.waiting[label]
	if w.Waiting == nil || !s.waits(w) {
		return s.compute(ctx, label, oldTicket(w, []byte{cu.AnswerCancel}))
	}
	var err error
	if w.Waiting, err = w.With(s.optionsOf(w.of)); err != nil {
		return nil, err
	}
	return s.call(func() []forms {
		return s.came(label, w.of, func() (*cu.Response, *cu.Waiting, error) {
			response, err := w.Cancel(ctx)
			return response, nil, err
		})
	})
}

// waits says whether the instance of a compute is there, and has not been answered.
func (s *session) waits(w waiting) bool {
	for _, instance := range s.instances {
		if instance == w.of {
			return w.until
		}
	}
	return false
}

func oldTicket(w waiting, answer []byte) string {
	var ticket int64
	if w.Waiting != nil {
		ticket = w.Ticket
	}
	return string(append(binary.LittleEndian.AppendUint64([]byte(cu.CallSignature+"\x01\x02"), uint64(ticket)), answer...))
}
