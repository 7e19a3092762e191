package cu

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tetratelabs/wazero/api"
)

// An Instance is a linear memory with one VM over a store. Several goroutines may use it: the store's turns serve one call after another.
//
// With returns the same instance with other options.
type Instance struct {
	vm       *vm
	settings *settings
}

// vm is what all of an instance's calls have in common. What is not for all goroutines is used in the turn of the store alone.
type vm struct {
	*machine
	of      *Module
	shared  *Shared
	over    error // why the instance has ended
	epoch   int64
	seen    uint64 // the store's version after the last call
	running atomic.Pointer[run]
	// abandoned are computes that wait, and that nobody will resume.
	abandonedLock sync.Mutex
	abandoned     []*Waiting
}

// A run is a call with what it is configured with, and what comes of it beside its answer. It is table 0 of the call.
type run struct {
	*call
	vm         *vm
	settings   *settings
	config     []byte
	errorEvent Table
	unprinted  error  // of Options.Print
	kept       []byte // the last answer of a function of the host
	later      *laterError
	ends       time.Time // by Options.TimeLimit
	stop       atomic.Pointer[string]
	stopped    error  // why the module was told to end the script
	raised     answer // the last error of a function of the host
}

// New makes an instance over a store; without one, over a new MemoryStore.
func (m *Module) New(ctx context.Context, shared *Shared, options Options) (instance *Instance, err error) {
	if shared == nil {
		shared = Share(NewMemoryStore())
	}
	settings, err := options.settings(shared)
	if err != nil {
		return nil, err
	}
	if !m.gate.enter() {
		return nil, &OverError{ErrClosed}
	}
	defer m.gate.leave()
	machine, err := m.code.instantiate(ctx)
	if err != nil {
		return nil, err
	}
	v := &vm{machine: machine, of: m, shared: shared}
	begun := false
	defer func() {
		if !begun { // also after a panic of the store
			err = errors.Join(err, machine.module.Close(ctx))
		}
	}()
	err = v.enter(ctx, settings, func(r *run) (bool, error) {
		if err := r.start(); err != nil {
			return false, err
		}
		// An instance that died may have left a result.
		if err := r.store.Delete(TableIO, []byte(KeyResult)); err != nil {
			return false, &StoreError{"deleting an old result", err}
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	begun = true
	// The engine would keep what nobody closes.
	runtime.AddCleanup(v, func(forgotten api.Module) { _ = forgotten.Close(context.Background()) }, machine.module)
	return &Instance{v, settings}, nil
}

// Close ends the instance, and gives its memory back at once; of an instance that is forgotten, the garbage collector does. What waits in
// it is gone.
func (i *Instance) Close(ctx context.Context) error {
	_, release, err := i.vm.shared.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	if !i.vm.of.gate.enter() {
		return nil // the module has closed it
	}
	defer i.vm.of.gate.leave()
	if i.vm.over == nil {
		i.vm.over = ErrClosed
	}
	return i.vm.module.Close(ctx)
}

// enter makes one call of the module a turn and a unit of the store. act says whether its changes are to stay. The instance is over if they
// do not although the VM has seen them.
func (v *vm) enter(ctx context.Context, settings *settings, act func(*run) (keep bool, err error)) (err error) {
	turn, release, err := v.shared.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	if v.over != nil {
		return &OverError{v.over}
	}
	if !v.of.gate.enter() {
		return &OverError{ErrClosed}
	}
	defer v.of.gate.leave()
	if err := ended(ctx); err != nil {
		return err
	}
	inside, err := deeper(ctx)
	if err != nil {
		return err
	}
	r := &run{vm: v, settings: settings}
	// What is called from inside can use neither the instance nor its store.
	counted := &countingStore{Store: v.shared.store}
	r.call = &call{machine: v.machine, store: counted, control: r, failed: map[int]error{}}
	r.Context = context.WithValue(context.WithValue(inside, turnKey{v.shared}, turn), callKey{}, r.call)
	v.running.Store(r)
	returned := false
	defer func() {
		v.running.Store(nil)
		v.seen = v.shared.version
		if !returned && v.over == nil { // a panic, or the end of the goroutine
			v.over = errors.New("cu: the host's code panicked")
		}
	}()
	lost := false
	err = v.shared.unit(ctx, &counted.changed, func() (bool, error) {
		if v.shared.version != v.seen {
			v.epoch++
		}
		r.config = settings.encoded(v.epoch)
		keep, err := act(r)
		if r.panicked != nil {
			panic(r.panicked)
		}
		lost = !keep && v.shared.units != nil && !errors.As(err, new(*LuaError)) && !errors.As(err, new(*HostError))
		return keep, err
	})
	returned = true
	if lost || errors.As(err, new(*TrapError)) || errors.As(err, new(*CommitError)) {
		v.over = err
	}
	return err
}

// run computes source, or a record in its place, which may raise an error of a function. It says whether the module took that: if not, what waits waits on.
func (i *Instance) run(ctx context.Context, code string, ends time.Time, raised answer) (response *Response, waiting *Waiting, taken bool, err error) {
	var unprinted error
	err = i.vm.enter(ctx, i.settings, func(r *run) (bool, error) {
		defer func() { unprinted = r.unprinted }()
		r.ends, r.raised = ends, raised
		frame, failed, err := r.compute(code)
		if errors.Is(err, errNoMemory) {
			return true, &LuaError{Class: ClassMemory, Message: err.Error(), Text: err.Error()}
		}
		taken = r.errorEvent.Get(FieldWaits) != true
		if err != nil {
			return false, err
		}
		if failed {
			return !i.settings.undoes, r.failure(string(frame))
		}
		response, waiting, err = i.read(r, frame)
		return !errors.As(err, new(*StoreError)), err
	})
	if err != nil {
		return nil, nil, taken, err
	}
	if waiting != nil {
		unprinted = nil // what it prints when it goes on is not taken either
	}
	return response, waiting, taken, unprinted
}
