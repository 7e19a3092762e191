package cu

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

func TestPendingOfTheVectors(t *testing.T) {
	var all struct {
		Asked    []struct{ Name, Bytes, Ticket, Call string }
		Accepted []struct{ Name, Bytes, Ticket, Kind string }
		Refused  []struct {
			Name, Bytes string
			At          int
		}
	}
	vectors(t, "pending.json", &all)
	instance := open(t, nil, Options{})
	for _, v := range all.Asked {
		waiting, err := instance.readWaiting(&run{}, unhex(t, v.Bytes))
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		record, err := Call{Way: waiting.Name, Args: waiting.Args}.Encode()
		if err != nil || fmt.Sprint(waiting.Ticket) != v.Ticket || hex.EncodeToString([]byte(record)) != v.Call {
			t.Errorf("%s: ticket %d, call %x, %v", v.Name, waiting.Ticket, record, err)
		}
	}
	for _, v := range all.Accepted {
		ticket, err := strconv.ParseInt(v.Ticket, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		encoded := unhex(t, v.Bytes)
		answer := []byte{AnswerCancel}
		if v.Kind != "cancel" {
			values, err := DecodeAll(encoded[PendingAnswerAt+1:])
			if err != nil {
				t.Fatal(err)
			}
			var raise error
			if v.Kind == "error" {
				raise = &Raise{values[0]}
			}
			a, err := encodeAnswer(values, raise)
			if err != nil {
				t.Fatal(err)
			}
			answer = a.encoded
		}
		if got := answerRecord(ticket, answer); got != string(encoded) {
			t.Errorf("%s: encoded as %x", v.Name, got)
		}
	}
	for _, v := range all.Refused {
		var failed *LuaError
		_, err := instance.Compute(ctx, string(unhex(t, v.Bytes)))
		if !errors.As(err, &failed) || failed.Class != ClassInput || !strings.Contains(failed.Message, fmt.Sprintf("byte %d", v.At)) {
			t.Errorf("%s: %v; the wrong byte is %d", v.Name, err, v.At)
		}
	}
}

func TestSectionsOfTheVectors(t *testing.T) {
	var all []struct {
		Name, Text, Hex, Problem string
		Says                     *struct {
			Version         string
			Features, Flags []string
		}
		ABI *uint64
	}
	vectors(t, "section.json", &all)
	for _, v := range all {
		content := append([]byte("\x02cu"), v.Text...)
		if v.Hex != "" {
			content = append(content, unhex(t, v.Hex)...)
		}
		file := binary.AppendUvarint([]byte("\x00asm\x01\x00\x00\x00\x00"), uint64(len(content)))
		got, err := ReadInfo(append(file, content...))
		var version *VersionError
		switch {
		case v.Says != nil:
			if err != nil || got.Version != v.Says.Version || fmt.Sprint(got.Features, got.Flags) != fmt.Sprint(v.Says.Features, v.Says.Flags) {
				t.Errorf("%s: %v, %v", v.Name, got, err)
			}
		case v.Problem != "":
			if err == nil || !strings.HasSuffix(err.Error(), v.Problem) {
				t.Errorf("%s: %v; wanted is %q", v.Name, err, v.Problem)
			}
		case !errors.As(err, &version) || version.Module != *v.ABI || !strings.Contains(err.Error(), "speaks version 1"):
			t.Errorf("%s: %v", v.Name, err)
		}
	}
}

func TestErrorsOfTheVectors(t *testing.T) {
	var all []struct {
		Name, Lua, Class, Message, Traceback string
		Config                               map[string]any
	}
	vectors(t, "errors.json", &all)
	for _, v := range all {
		var options Options
		for name, setting := range v.Config {
			if number, ok := setting.(float64); ok {
				setting = int64(number)
			}
			options.Config = append(options.Config, Pair{name, setting})
		}
		instance := open(t, nil, options)
		var failed *LuaError
		if _, err := instance.Compute(ctx, v.Lua); !errors.As(err, &failed) {
			t.Errorf("%s: %v", v.Name, err)
		} else if failed.Class != v.Class || failed.Message != v.Message || failed.Traceback != v.Traceback {
			t.Errorf("%s: %q %q %q", v.Name, failed.Class, failed.Message, failed.Traceback)
		}
	}
}

func TestDeepScriptsOfTheVectors(t *testing.T) {
	var all []struct{ Name, Lua string }
	vectors(t, "deep.json", &all)
	for _, v := range all {
		instance := open(t, nil, Options{})
		if _, err := instance.Compute(ctx, v.Lua); err != nil && !errors.As(err, new(*LuaError)) {
			t.Errorf("%s: %v", v.Name, err)
		}
		value(t, instance, "return 1")
	}
}

// failing fails in the named operations, for every table.
type failing struct {
	*MemoryStore
	fails map[string]bool
}

var errDisk = errors.New("the disk is full")

func (f *failing) fail(name string) error {
	if f.fails[name] {
		return errDisk
	}
	return nil
}

func (f *failing) Get(table uint32, key []byte) ([]byte, bool, error) {
	if err := f.fail("get"); err != nil {
		return nil, false, err
	}
	return f.MemoryStore.Get(table, key)
}

func (f *failing) Set(table uint32, key, value []byte) error {
	if err := f.fail("set"); err != nil {
		return err
	}
	return f.MemoryStore.Set(table, key, value)
}

func (f *failing) Delete(table uint32, key []byte) error {
	if err := f.fail("delete"); err != nil {
		return err
	}
	return f.MemoryStore.Delete(table, key)
}

func (f *failing) Size(table uint32) (int, error) {
	if err := f.fail("size"); err != nil {
		return 0, err
	}
	return f.MemoryStore.Size(table)
}

func (f *failing) Keys(table uint32, after []byte, descending bool, yield func([]byte) bool) error {
	if err := f.fail("keys"); err != nil {
		return err
	}
	return f.MemoryStore.Keys(table, after, descending, yield)
}

func TestHostFailuresOfTheVectors(t *testing.T) {
	var all []struct {
		Name  string
		Fails []string
		Lua   string
		Error *string
	}
	vectors(t, "host_failures.json", &all)
	for _, v := range all {
		store := &failing{NewMemoryStore(), map[string]bool{}}
		instance := open(t, store, Options{})
		value(t, instance, "_home.a = 1 local n = 0 function _home.count() n = n + 1 return n end")
		for _, name := range v.Fails {
			store.fails[name] = true
		}
		_, err := instance.Compute(ctx, v.Lua)
		store.fails = nil
		var host *HostError
		switch {
		case v.Error == nil:
			if err != nil {
				t.Errorf("%s: %v", v.Name, err)
			}
		case *v.Error == "host":
			if !errors.As(err, &host) || !errors.Is(err, errDisk) {
				t.Errorf("%s: %v", v.Name, err)
			}
		case errors.As(err, &host) || !errors.As(err, new(*LuaError)):
			t.Errorf("%s: %v", v.Name, err)
		}
		value(t, instance, "return _home.a")
	}
}
