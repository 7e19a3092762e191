package cu

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// What an import answers that fails; the module wants less than -1.
const (
	answerOutside  = -2
	answerTooSmall = -3
	answerFailed   = -4
)

// imports are the five functions of the module's module "env", with the number of their parameters. Their first word is a table.
var imports = []struct {
	name       string
	parameters int
	run        func(c *call, words []uint64) int32
}{
	{"js_ext_table_set", 5, (*call).set},
	{"js_ext_table_get", 5, (*call).get},
	{"js_ext_table_delete", 3, (*call).remove},
	{"js_ext_table_size", 1, (*call).size},
	{"js_ext_table_keys", 3, (*call).keys},
}

// offerImports makes the module "env" once for all instances: whose call it is, the context says.
func offerImports(ctx context.Context, runtime wazero.Runtime) error {
	builder := runtime.NewHostModuleBuilder(ImportModule)
	for _, imported := range imports {
		run := imported.run
		builder.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, _ api.Module, words []uint64) {
			c := ctx.Value(callKey{}).(*call)
			defer c.notePanic()
			words[0] = api.EncodeI32(run(c, words))
		}), slices.Repeat([]api.ValueType{api.ValueTypeI32}, imported.parameters), []api.ValueType{api.ValueTypeI32}).Export(imported.name)
	}
	_, err := builder.Instantiate(ctx)
	return err
}

// notePanic lets a panic go on, which ends the instance, and keeps its value for the caller of the instance.
func (c *call) notePanic() {
	if value := recover(); value != nil {
		c.panicked = value
		panic(value)
	}
}

// fail notes why an import answers with a failure, and returns the answer.
func (c *call) fail(answer int32, err error) int32 {
	if errors.Is(err, ErrTooManyOperations) {
		answer = RateExceeded
	}
	if c.failed == nil {
		c.failed = make(map[int32]error)
	}
	c.failed[answer] = err
	return answer
}

func (c *call) outside(pointer, length uint64) int32 {
	return c.fail(answerOutside, fmt.Errorf("cu: %d bytes at %d are not in the module's memory", length, pointer))
}

func (c *call) set(words []uint64) int32 {
	key, ok := c.vm.memory.at(words[1], words[2])
	if !ok {
		return c.outside(words[1], words[2])
	}
	value, ok := c.vm.memory.at(words[3], words[4])
	if !ok {
		return c.outside(words[3], words[4])
	}
	table := uint32(words[0])
	if table == TableControl {
		c.control(string(key), value)
		return OK
	}
	c.note(table)
	if err := c.vm.shared.store.Set(table, key, value); err != nil {
		return c.fail(answerFailed, err)
	}
	return OK
}

func (c *call) get(words []uint64) int32 {
	key, ok := c.vm.memory.at(words[1], words[2])
	if !ok {
		return c.outside(words[1], words[2])
	}
	var value []byte
	var err error
	if table := uint32(words[0]); table == TableControl {
		value, ok = c.answer(key)
	} else if value, ok, err = c.vm.shared.store.Get(table, key); err != nil {
		return c.fail(answerFailed, err)
	}
	if !ok {
		return Absent
	}
	if len(value) > math.MaxInt32 {
		return c.fail(answerFailed, fmt.Errorf("cu: a value of %d bytes; an answer can say %d", len(value), math.MaxInt32))
	}
	if room := uint32(words[4]); uint64(len(value)) <= uint64(room) && !c.vm.memory.write(uint32(words[3]), value) {
		return c.outside(words[3], words[4])
	}
	return int32(len(value))
}

func (c *call) remove(words []uint64) int32 {
	key, ok := c.vm.memory.at(words[1], words[2])
	if !ok {
		return c.outside(words[1], words[2])
	}
	table := uint32(words[0])
	if table == TableControl {
		return OK
	}
	c.note(table)
	if err := c.vm.shared.store.Delete(table, key); err != nil {
		return c.fail(answerFailed, err)
	}
	return OK
}

func (c *call) size(words []uint64) int32 {
	if uint32(words[0]) == TableControl {
		return 0
	}
	size, err := c.vm.shared.store.Size(uint32(words[0]))
	if err == nil && (size < 0 || size > math.MaxInt32) {
		err = fmt.Errorf("cu: a table with %d keys; an answer can say %d", size, math.MaxInt32)
	}
	if err != nil {
		return c.fail(answerFailed, err)
	}
	return int32(size)
}

// keys writes a page of a table's keys.
func (c *call) keys(words []uint64) int32 {
	page, ok := c.vm.memory.at(words[1], words[2])
	if !ok {
		return c.outside(words[1], words[2])
	}
	list := c.vm.shared.tables
	if table := uint32(words[0]); table != TableControl {
		list = func(after []byte, descending bool, yield func([]byte) bool) error {
			return c.vm.shared.store.Keys(table, after, descending, yield)
		}
	}
	length, err := fillPage(page, list)
	if err == errTooSmall {
		return c.fail(answerTooSmall, err)
	}
	if err != nil {
		return c.fail(answerFailed, err)
	}
	return int32(length)
}

var (
	errTooSmall = errors.New("cu: the page has no room for one key")
	errPage     = errors.New("cu: the last key seen does not lie in its page")
)

// fillPage reads which keys a page asks for, and writes as many whole ones as fit. Each is a length and so many bytes.
func fillPage(page []byte, list func(after []byte, descending bool, yield func([]byte) bool) error) (int, error) {
	if len(page) < 4 {
		return 0, errPage
	}
	length := word(page, 0)
	descending := length&PageDescending != 0
	length &^= PageDescending
	if uint64(length) > uint64(len(page)-4) {
		return 0, errPage
	}
	at, full := 0, false
	err := list(bytes.Clone(page[4:4+length]), descending, func(key []byte) bool {
		if full = len(page)-at < 4+len(key); full {
			return false
		}
		binary.LittleEndian.PutUint32(page[at:], uint32(len(key)))
		at += 4 + copy(page[at+4:], key)
		return true
	})
	if err == nil && full && at == 0 {
		err = errTooSmall
	}
	return at, err
}
