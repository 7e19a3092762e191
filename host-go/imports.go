package cu

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// answerFailed is what an import answers that fails; the module wants less than -1.
const answerFailed = -4

// imports are the five functions of "env", with the number of their parameters. The first one is a table.
var imports = []struct {
	name       string
	parameters int
	run        func(c *call, store Store, table uint32, words []uint64) (int, error)
}{
	{"js_ext_table_set", 5, func(c *call, store Store, table uint32, words []uint64) (int, error) {
		return OK, store.Set(table, c.bytes(words, 1), c.bytes(words, 3))
	}},
	{"js_ext_table_get", 5, (*call).get},
	{"js_ext_table_delete", 3, func(c *call, store Store, table uint32, words []uint64) (int, error) {
		return OK, store.Delete(table, c.bytes(words, 1))
	}},
	{"js_ext_table_size", 1, func(_ *call, store Store, table uint32, _ []uint64) (int, error) {
		return store.Size(table)
	}},
	{"js_ext_table_keys", 3, func(c *call, store Store, table uint32, words []uint64) (int, error) {
		return fillPage(c.bytes(words, 1), func(after []byte, descending bool, yield func([]byte) bool) error {
			return store.Keys(table, after, descending, yield)
		})
	}},
}

// offerImports makes the module "env" once for all instances: whose call it is, the context says.
func offerImports(ctx context.Context, runtime wazero.Runtime) error {
	builder := runtime.NewHostModuleBuilder(ImportModule)
	for _, imported := range imports {
		builder.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, _ api.Module, words []uint64) {
			c := ctx.Value(callKey{}).(*call)
			defer c.answerFor(words)
			table, store := uint32(words[0]), c.store
			if table == TableControl {
				store = c.control
			}
			answer, err := imported.run(c, store, table, words)
			failIf(err)
			if answer > math.MaxInt32 {
				failIf(fmt.Errorf("cu: %d bytes or keys; an answer can say %d", answer, math.MaxInt32))
			}
			words[0] = api.EncodeI32(int32(answer))
		}), words(imported.parameters), words(1)).Export(imported.name)
	}
	_, err := builder.Instantiate(ctx)
	return err
}

// A call is one of the module, while it runs. Its context is that of what is called from inside, and has the call itself as the value of callKey.
type call struct {
	context.Context
	*machine
	store, control Store         // control is table 0, which never reaches the store
	failed         map[int]error // the last failure behind each answer of an import
	panicked       any
}

type callKey struct{}

// answerFor answers for an import that failed. Any other panic goes on, which ends the instance, and is kept for its caller.
func (c *call) answerFor(words []uint64) {
	switch found := recover().(type) {
	case nil:
	case problem:
		answer := answerFailed
		if errors.Is(found.error, ErrTooManyOperations) {
			answer = RateExceeded
		}
		c.failed[answer] = found.error
		words[0] = api.EncodeI32(int32(answer))
	default:
		c.panicked = found
		panic(found)
	}
}

// bytes are those at a pointer and a length among the words.
func (c *call) bytes(words []uint64, at int) []byte { return c.at(words[at], words[at+1]) }

// get copies the whole value or, if that is longer than the room, nothing.
func (c *call) get(store Store, table uint32, words []uint64) (int, error) {
	value, found, err := store.Get(table, c.bytes(words, 1))
	if err != nil || !found {
		return Absent, err
	}
	if uint64(len(value)) <= uint64(uint32(words[4])) {
		copy(c.bytes(words, 3), value)
	}
	return len(value), nil
}

// fillPage reads which keys a page asks for, and writes as many whole ones as fit. Each is a length and so many bytes.
func fillPage(page []byte, list func(after []byte, descending bool, yield func([]byte) bool) error) (int, error) {
	if len(page) < 4 || uint64(word(page, 0)&^PageDescending) > uint64(len(page)-4) {
		return 0, fmt.Errorf("cu: the last key seen is not in its page of %d bytes", len(page))
	}
	request := word(page, 0)
	after := bytes.Clone(page[4:][:request&^PageDescending])
	at, full := 0, false
	err := list(after, request&PageDescending != 0, func(key []byte) bool {
		if full = full || len(page)-at < 4+len(key); !full {
			binary.LittleEndian.PutUint32(page[at:], uint32(len(key)))
			at += 4 + copy(page[at+4:], key)
		}
		return !full
	})
	if err == nil && full && at == 0 {
		err = fmt.Errorf("cu: %d bytes have no room for one key", len(page))
	}
	return at, err
}
