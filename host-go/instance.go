package cu

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// An Instance is a linear memory with one VM over a store. Several goroutines may use it: the store's turns serve one call after another.
//
// With returns the same instance with other options.
type Instance struct {
	vm       *vm
	settings *settings
}

// vm is what all of an instance's calls have in common. All but the last fields is used in the turn of the store alone.
type vm struct {
	*machine
	shared  *Shared
	buffer  uint32 // where the I/O buffer is
	over    error  // why the instance has ended
	epoch   int64
	seen    uint64 // the store's version after the last call
	running atomic.Pointer[call]
	// abandoned are computes that wait, and that nobody will resume.
	abandonedLock sync.Mutex
	abandoned     []*Waiting
}

// A call is one of the module, while it runs. It is the context of what is called from inside, which therefore can use neither
// the instance nor its store.
type call struct {
	context.Context
	vm       *vm
	turn     *turn
	settings *settings
	config   []byte
	changed  bool
	// failed has the last failure behind each number that an import answered.
	failed     map[int32]error
	errorEvent Table
	panicked   any
	kept       []byte // the last answer of a function of the host
	later      *laterError
	ends       time.Time // by Options.TimeLimit
	stop       atomic.Pointer[string]
	stopped    error // why the module was told to end the script
}

type callKey struct{}

// Value implements context.Context.
func (c *call) Value(key any) any {
	switch key := key.(type) {
	case callKey:
		return c
	case turnKey:
		if key.shared == c.vm.shared {
			return c.turn
		}
	}
	return c.Context.Value(key)
}

// note notes that a table is about to change. Changes of _io are nobody else's affair.
func (c *call) note(table uint32) { c.changed = c.changed || table != TableIO }

// New makes an instance over a store; without one, over a new MemoryStore.
func (m *Module) New(ctx context.Context, shared *Shared, options Options) (*Instance, error) {
	if shared == nil {
		shared = Share(NewMemoryStore())
	}
	settings, err := options.settings(shared)
	if err != nil {
		return nil, err
	}
	machine, err := m.instantiate(ctx)
	if err != nil {
		return nil, err
	}
	v := &vm{machine: machine, shared: shared}
	err = v.enter(ctx, settings, func(c *call) (bool, error) {
		v.epoch = 0 // it remembers nothing yet
		status, err := v.call(c, exportInit)
		if err == nil && status != OK {
			err = &ProtocolError{fmt.Sprintf("init answered %d", status)}
		}
		var buffer, size int32
		if err == nil {
			buffer, err = v.call(c, exportBuffer)
		}
		if err == nil {
			size, err = v.call(c, exportBufferSize)
		}
		if err != nil {
			return false, err
		}
		v.buffer = uint32(buffer)
		if _, ok := v.memory.at(uint64(v.buffer), IOBufferBytes); !ok || size != IOBufferBytes {
			return false, &ProtocolError{fmt.Sprintf("its buffer of %d bytes is at %d", size, v.buffer)}
		}
		// An instance that died may have left a result.
		return true, c.store("deleting an old result", v.shared.store.Delete(TableIO, []byte(KeyResult)))
	})
	if err != nil {
		return nil, errors.Join(err, machine.module.Close(ctx))
	}
	return &Instance{v, settings}, nil
}

// Close ends the instance. What waits in it is gone.
func (i *Instance) Close(ctx context.Context) error {
	_, release, err := i.vm.shared.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	if i.vm.over == nil {
		i.vm.over = ErrClosed
	}
	return i.vm.module.Close(ctx)
}

// enter makes one call of the module a turn and a unit of the store. act says whether its changes are to stay.
func (v *vm) enter(ctx context.Context, settings *settings, act func(*call) (keep bool, err error)) error {
	turn, release, err := v.shared.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	if v.over != nil {
		return &OverError{v.over}
	}
	if ctx.Err() != nil {
		return fmt.Errorf("cu: nothing has run: %w", context.Cause(ctx))
	}
	c := &call{Context: ctx, vm: v, turn: turn, settings: settings}
	v.running.Store(c)
	ended := false
	defer func() {
		v.running.Store(nil)
		v.seen = v.shared.version
		if !ended && v.over == nil { // a panic, or the end of the goroutine
			v.over = errors.New("cu: the host's code panicked")
		}
	}()
	err = v.shared.unit(ctx, &c.changed, func() (bool, error) {
		if v.shared.version != v.seen {
			v.epoch++
		}
		c.config = settings.encoded(v.epoch)
		keep, err := act(c)
		if c.panicked != nil {
			panic(c.panicked)
		}
		return keep, err
	})
	ended = true
	var trap *TrapError
	var commit *CommitError
	var undone *undoneError
	if errors.As(err, &trap) || errors.As(err, &commit) || errors.As(err, &undone) {
		v.over = err
	}
	return err
}

// store makes an error of what the host does with its store around a call.
func (c *call) store(doing string, err error) error {
	if err == nil {
		return nil
	}
	err = &StoreError{doing, err}
	if c.vm.shared.units != nil { // the VM has seen changes that are undone now
		err = &undoneError{err}
	}
	return err
}

type undoneError struct{ error }

func (e *undoneError) Unwrap() error { return e.error }

// place puts code where the module reads it. The end of it frees the place.
func (c *call) place(code string) (pointer uint32, free func() error, err error) {
	v := c.vm
	pointer, free = v.buffer, func() error { return nil }
	if len(code) > IOBufferBytes {
		block, err := v.call(c, exportAlloc, 0, 0, 0, uint32(len(code)))
		if err != nil {
			return 0, nil, err
		}
		if pointer = uint32(block); pointer == 0 || uint64(len(code)) > ArenaLimit {
			return 0, nil, &LuaError{Class: ClassMemory, Message: fmt.Sprintf("no memory for %d bytes of code", len(code))}
		}
		free = func() error {
			_, err := v.call(c, exportAlloc, 0, pointer, uint32(len(code)), 0)
			return err
		}
	}
	if into, ok := v.memory.at(uint64(pointer), uint64(len(code))); !ok || copy(into, code) != len(code) {
		return 0, nil, &ProtocolError{fmt.Sprintf("a block of %d bytes is at %d", len(code), pointer)}
	}
	return pointer, free, nil
}

// run computes source, or a record in its place. It says whether the module took that: if not, what waits waits on.
func (i *Instance) run(ctx context.Context, code string, ends time.Time) (response *Response, pending *Waiting, taken bool, err error) {
	v := i.vm
	err = v.enter(ctx, i.settings, func(c *call) (bool, error) {
		c.ends = ends
		pointer, free, err := c.place(code)
		if err != nil {
			return true, err
		}
		status, err := v.call(c, exportCompute, pointer, uint32(len(code)))
		if err != nil {
			return false, err
		}
		taken = c.errorEvent.Get(FieldWaits) != true
		response, pending, err = i.read(c, status)
		if failed := free(); failed != nil {
			return false, failed
		}
		return !errors.As(err, new(*undoneError)) && !(status < 0 && i.settings.undoes), err
	})
	if err != nil {
		return nil, nil, taken, err
	}
	return response, pending, taken, nil
}
