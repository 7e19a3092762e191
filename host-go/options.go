package cu

import (
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// usualTick is after how much work a script is looked at: some tenths of a millisecond.
const usualTick = 100_000

// Atomic says what becomes of the changes of a compute that fails.
type Atomic string

const (
	NotAtomic     Atomic = ""         // they stay
	AtomicByNotes Atomic = "notes"    // the module undoes them, over every store, and after a crash
	AtomicByStore Atomic = AtomicHost // the store does, which is quicker; it must be able to roll back
)

// Options configure an instance, or some of its calls (Instance.With). The zero value sets no limits. Of the numbers, 0 is the module's
// default, and a negative one is none: no output kept, no compression, no compute that waits.
type Options struct {
	Instructions  int64 // work after which a script is stopped
	Memory        int64 // bytes that scripts may use
	Output        int64 // bytes of what is printed that are kept
	Seed          int64 // of math.random and of the hash of strings; read when the instance is made
	Compression   int64 // bytes from which on strings are compressed
	Pending       int64 // most computes that may wait at once
	PendingMemory int64 // bytes in use beyond which none begins to wait
	Tick          int64 // work after which ctx, TimeLimit and Stop are looked at; default 100,000
	TimeLimit     time.Duration
	Atomic        Atomic
	Permissions   Permissions
	Bytecode      bool // scripts may load binary chunks, which are verified
	Strip         bool // functions are stored without names of variables and numbers of lines
	// Home is the name of the table that scripts see as _home, which is made if there is none of that name.
	Home string
	// Events are the kinds that OnEvent gets. It is called while the module runs, and may use neither the instance nor its store.
	Events  []string
	OnEvent func(Event)
	// Print gets what scripts print, while they run, also of those that fail; the output of a Response is empty then, and Output does not
	// count. It is called like OnEvent. A script whose text it does not take is ended with its error at the next Tick; if the script has
	// come to its end before, the error is beside its Response.
	Print io.Writer
	// Now is the clock of scripts; without one it is always 1970, and runs can be repeated.
	Now func() time.Time
	// Functions are what scripts may call as host.NAME.
	Functions map[string]Function
	// Config has fields of the configuration that stand in the place of those above, as they are (abi/README.md, "Table 0").
	Config Table
}

// Permissions say what a compute may not do. The zero value permits everything.
type Permissions struct {
	ReadOnly bool
	Tables   map[string]string // by way or id: GuardReadonly or GuardHidden
	Library  map[string]bool   // by function or library
}

func (p Permissions) table() Table {
	var t Table
	if p.ReadOnly {
		t = append(t, Pair{PermissionWrite, false})
	}
	if len(p.Tables) > 0 {
		t = append(t, Pair{PermissionTables, p.Tables})
	}
	if len(p.Library) > 0 {
		t = append(t, Pair{PermissionLibrary, p.Library})
	}
	return t
}

// clone has lists and maps of its own: what the caller does to its own ones later changes no instance that runs.
func (o Options) clone() Options {
	o.Permissions.Tables, o.Permissions.Library = maps.Clone(o.Permissions.Tables), maps.Clone(o.Permissions.Library)
	o.Events, o.Functions, o.Config = slices.Clone(o.Events), maps.Clone(o.Functions), slices.Clone(o.Config)
	return o
}

// settings are options with their encoding.
type settings struct {
	options Options
	config  []byte
	epochAt int // where in config the epoch is; 0 if the options set it
	// undoes says that the host undoes a compute that fails.
	undoes bool
}

func (o Options) settings(shared *Shared) (*settings, error) {
	s := &settings{options: o.clone()}
	fields, err := o.fields()
	if err != nil {
		return nil, err
	}
	s.undoes = fields.Get(ConfigAtomic) == AtomicHost && fields.Get(ConfigTransaction) == nil
	if s.undoes && !shared.CanRollBack() {
		return nil, fmt.Errorf("cu: Atomic is %q: %w", AtomicHost, ErrCannotRollBack)
	}
	if s.config, err = Encode(fields); err == nil && fields[len(fields)-1].Key == ConfigEpoch && o.Config.Get(ConfigEpoch) == nil {
		s.epochAt = len(s.config) - 8
	}
	return s, err
}

// encoded is the configuration with the epoch, for one call.
func (s *settings) encoded(epoch int64) []byte {
	if s.epochAt > 0 {
		binary.LittleEndian.PutUint64(s.config[s.epochAt:], uint64(epoch))
	}
	return s.config
}

// fields are the configuration; the epoch is last.
func (o Options) fields() (Table, error) {
	var t Table
	add := func(name string, value any) {
		if o.Config.Get(name) == nil {
			t = append(t, Pair{name, value})
		}
	}
	if o.Tick == 0 {
		o.Tick = usualTick
	}
	if o.Print != nil {
		o.Output = -1 // text beyond what is kept is told at once
	}
	for _, number := range []struct {
		name  string
		value int64
	}{
		{ConfigInstructions, o.Instructions}, {ConfigTick, o.Tick}, {ConfigMemory, o.Memory}, {ConfigOutput, o.Output},
		{ConfigCompression, o.Compression}, {ConfigPending, o.Pending}, {ConfigPendingMemory, o.PendingMemory},
	} {
		if number.value != 0 {
			add(number.name, max(number.value, 0))
		}
	}
	if o.Seed != 0 {
		add(ConfigSeed, o.Seed)
	}
	switch o.Atomic {
	case NotAtomic:
	case AtomicByNotes:
		add(ConfigAtomic, true)
	case AtomicByStore:
		add(ConfigAtomic, AtomicHost)
	default:
		return nil, fmt.Errorf("cu: Atomic is %q, neither %q, %q nor empty", o.Atomic, AtomicByNotes, AtomicByStore)
	}
	if permissions := o.Permissions.table(); permissions != nil {
		add(ConfigPermissions, permissions)
	}
	if o.Bytecode {
		add(ConfigBytecode, true)
	}
	if o.Strip {
		add(ConfigStrip, true)
	}
	if o.Home != "" {
		add(ConfigHome, o.Home)
	}
	if len(o.Functions) > 0 {
		modes := map[string]string{}
		for name, function := range o.Functions {
			modes[name] = function.Mode
		}
		add(ConfigFunctions, modes)
	}
	// The error's event has its class and value.
	events := map[string]bool{EventError: true}
	if o.Print != nil {
		events[EventOutput] = true
	}
	for _, kind := range o.Events {
		events[kind] = true
	}
	add(ConfigEvents, events)
	t = append(t, o.Config...)
	add(ConfigEpoch, int64(0))
	return t, nil
}

// With returns the same instance with other options for the calls made with what it returns.
func (i *Instance) With(options Options) (*Instance, error) {
	settings, err := options.settings(i.vm.shared)
	if err != nil {
		return nil, err
	}
	return &Instance{i.vm, settings}, nil
}

// Shared returns its store.
func (i *Instance) Shared() *Shared { return i.vm.shared }

// Options returns those of the instance, to be changed and given to With.
func (i *Instance) Options() Options { return i.settings.options.clone() }
