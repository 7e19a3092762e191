package conformance

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash"
	"slices"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"cu"
)

// border sees what crosses between module and host, through the engine: the host itself has nothing for it.
type border struct {
	session     *session    // whose case runs
	lines, used hash.Hash64 // of what was found
}

// withBorder makes a context for cu.Open.
func withBorder(ctx context.Context, b *border) context.Context {
	return experimental.WithFunctionListenerFactory(ctx, b)
}

// NewFunctionListener implements experimental.FunctionListenerFactory: it listens to the imports alone.
func (b *border) NewFunctionListener(definition api.FunctionDefinition) experimental.FunctionListener {
	if definition.GoFunction() == nil {
		return nil
	}
	return b
}

func (b *border) Before(_ context.Context, module api.Module, definition api.FunctionDefinition, words []uint64, _ experimental.StackIterator) {
	s := b.session
	s.inImport = true
	table := uint32(words[0])
	read := func(at int) []byte {
		bytes, _ := module.Memory().Read(uint32(words[at]), uint32(words[at+1]))
		return bytes
	}
	name := definition.ExportNames()[0]
	if table == cu.TableControl {
		if key := read(1); name != "js_ext_table_get" {
			return
		} else if string(key) == cu.KeyTick {
			s.asked()
		} else if call, err := cu.DecodeCall(key); err == nil {
			s.called = append(s.called, hexForms("called "+call.Way, encodeAll(call.Args)))
		}
		return
	}
	use := ""
	switch name {
	case "js_ext_table_set":
		use = fmt.Sprintf("set %d %s %s", table, toHex(read(1)), toHex(read(3)))
	case "js_ext_table_get":
		use = fmt.Sprintf("get %d %s", table, toHex(read(1)))
	case "js_ext_table_delete":
		use = fmt.Sprintf("delete %d %s", table, toHex(read(1)))
	case "js_ext_table_size":
		use = fmt.Sprintf("size %d", table)
	case "js_ext_table_keys":
		page := read(1)
		head := binary.LittleEndian.Uint32(page)
		direction := "up"
		if head&cu.PageDescending != 0 {
			direction = "down"
		}
		use = fmt.Sprintf("keys %d %s %s", table, toHex(slices.Clone(page[4:][:head&^cu.PageDescending])), direction)
	}
	// What had no room is asked again at once, with more.
	if s.repeats && len(s.uses) > 0 && s.uses[len(s.uses)-1] == use {
		s.room = 0
		return
	}
	s.uses = append(s.uses, use)
	s.room = 0
	if name == "js_ext_table_get" {
		s.room = uint32(words[4])
	}
}

func (b *border) After(_ context.Context, _ api.Module, definition api.FunctionDefinition, results []uint64) {
	s := b.session
	s.inImport = false
	answer := int32(uint32(results[0]))
	name := definition.ExportNames()[0]
	s.repeats = name == "js_ext_table_get" && answer > 0 && uint32(answer) > s.room || name == "js_ext_table_keys" && answer < -1 && !s.store.failedLast
}

func (b *border) Abort(context.Context, api.Module, api.FunctionDefinition, error) {
	b.session.inImport = false
}

// tables are a store that can do all that a store may.
type tables interface {
	cu.Store
	cu.Units
	cu.Lister
}

// A failingStore fails where a case wants it, in what the module asks alone, and not in what the host does around a call.
type failingStore struct {
	tables
	session    *session
	from, to   int // uses that fail
	count      int
	failedLast bool
}

var errWanted = fmt.Errorf("the store fails, as the case wants")

func (s *failingStore) use() error {
	s.failedLast = false
	if !s.session.inImport {
		return nil
	}
	s.count++
	if s.count >= s.from && s.count < s.to {
		s.failedLast = true
		return errWanted
	}
	return nil
}

func (s *failingStore) Get(table uint32, key []byte) ([]byte, bool, error) {
	if err := s.use(); err != nil {
		return nil, false, err
	}
	return s.tables.Get(table, key)
}

func (s *failingStore) Set(table uint32, key, value []byte) error {
	if err := s.use(); err != nil {
		return err
	}
	return s.tables.Set(table, key, value)
}

func (s *failingStore) Delete(table uint32, key []byte) error {
	if err := s.use(); err != nil {
		return err
	}
	return s.tables.Delete(table, key)
}

func (s *failingStore) Size(table uint32) (int, error) {
	if err := s.use(); err != nil {
		return 0, err
	}
	return s.tables.Size(table)
}

func (s *failingStore) Keys(table uint32, after []byte, descending bool, yield func([]byte) bool) error {
	if err := s.use(); err != nil {
		return err
	}
	return s.tables.Keys(table, after, descending, yield)
}
