package cu

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A module of the right shape, whose exports answer what a test wants.
type fake struct {
	abi            string
	init           int32
	buffer, size   int32
	alloc, compute int32
	trap           bool // compute does not answer at all
	without        string
	memory         []byte // what is in the buffer
}

const fakeBuffer = 1024

func newFake() fake {
	return fake{abi: `{"version":"0","abi":1,"features":[]}`, buffer: fakeBuffer, size: IOBufferBytes, compute: 5, memory: []byte{0, 0, 0, 0, 0}}
}

func leb(number int32) []byte {
	var encoded []byte
	for {
		low := byte(number & 0x7f)
		if number >>= 7; number == 0 && low&0x40 == 0 || number == -1 && low&0x40 != 0 {
			return append(encoded, low)
		}
		encoded = append(encoded, low|0x80)
	}
}

func counted(items ...[]byte) []byte {
	all := binary.AppendUvarint(nil, uint64(len(items)))
	for _, item := range items {
		all = append(all, item...)
	}
	return all
}

func sized(content []byte) []byte {
	return append(binary.AppendUvarint(nil, uint64(len(content))), content...)
}

func named(name string) []byte { return sized([]byte(name)) }

func (f fake) wasm() []byte {
	constant := func(number int32) []byte { return append(append([]byte{0x41}, leb(number)...), 0x0b) }
	compute := constant(f.compute)
	if f.trap {
		compute = []byte{0x00, 0x0b}
	}
	bodies := map[string][]byte{"init": constant(f.init), "compute": compute, "get_buffer_ptr": constant(f.buffer), "get_buffer_size": constant(f.size),
		"get_memory_stats": {0x0b}, "run_gc": {0x0b}, "lua_alloc": constant(f.alloc)}
	var types, functions, exported, codes [][]byte
	for at, name := range slices.Sorted(maps.Keys(exports)) {
		export := exports[name]
		types = append(types, append(append([]byte{0x60}, counted(sliceOf(export.parameters, []byte{0x7f})...)...), counted(sliceOf(export.results, []byte{0x7f})...)...))
		functions = append(functions, []byte{byte(at)})
		if name != f.without {
			exported = append(exported, append(named(name), 0, byte(at)))
		}
		codes = append(codes, sized(append([]byte{0}, bodies[name]...)))
	}
	exported = append(exported, append(named("memory"), 2, 0))
	data := append([]byte{0, 0x41}, leb(fakeBuffer)...)
	data = append(append(data, 0x0b), sized(f.memory)...)
	file := []byte("\x00asm\x01\x00\x00\x00")
	for _, section := range []struct {
		kind    byte
		content []byte
	}{
		{1, counted(types...)}, {3, counted(functions...)}, {5, counted([]byte{0, 2})}, {7, counted(exported...)},
		{10, counted(codes...)}, {11, counted(data)}, {0, append(named("cu"), f.abi...)},
	} {
		file = append(append(file, section.kind), sized(section.content)...)
	}
	return file
}

func sliceOf(count int, item []byte) [][]byte {
	var all [][]byte
	for range count {
		all = append(all, item)
	}
	return all
}

func openFake(t *testing.T, f fake) (*Instance, error) {
	t.Helper()
	m, err := Open(ctx, f.wasm(), Engine{Interpreter: true})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = m.Close(ctx) })
	return m.New(ctx, nil, Options{})
}

func TestAModuleThatAnswersAgainstTheContractIsAnError(t *testing.T) {
	sane, err := openFake(t, newFake())
	if err != nil {
		t.Fatal(err)
	}
	if response, err := sane.Compute(ctx, ""); err != nil || response.Value() != nil {
		t.Fatal(response, err)
	}
	for name, change := range map[string]func(*fake){
		"init fails":                       func(f *fake) { f.init = -1 },
		"the buffer is outside of memory":  func(f *fake) { f.buffer = 2<<16 - 100 },
		"the buffer is far outside":        func(f *fake) { f.buffer = -1 },
		"the buffer has another size":      func(f *fake) { f.size = 4096 },
		"a response of no bytes":           func(f *fake) { f.compute = 0 },
		"a response without values":        func(f *fake) { f.compute = 4 },
		"a response beyond the buffer":     func(f *fake) { f.compute = IOBufferBytes + 1 },
		"the largest response":             func(f *fake) { f.compute = 1<<31 - 1 },
		"a text beyond the buffer":         func(f *fake) { f.compute = -IOBufferBytes - 2 },
		"the largest text":                 func(f *fake) { f.compute = -1 << 31 },
		"output beyond the response":       func(f *fake) { f.memory = []byte{1, 0, 0, 0, 0} },
		"output of 4 GiB":                  func(f *fake) { f.memory = []byte{255, 255, 255, 255, 0} },
		"a value that is none":             func(f *fake) { f.memory = []byte{0, 0, 0, 0, 99} },
		"a value that is cut off":          func(f *fake) { f.memory = []byte{0, 0, 0, 0, TagInteger} },
		"a spilled result that is nowhere": func(f *fake) { f.memory = []byte{0, 0, 0, 0, TagSpilled} },
		"a wait that is cut off":           func(f *fake) { f.memory = []byte{0, 0, 0, 0, TagPending} },
		"a wait for no call":               func(f *fake) { f.compute, f.memory = 17, append([]byte{0, 0, 0, 0, TagPending}, "12345678abcd"...) },
	} {
		f := newFake()
		change(&f)
		instance, err := openFake(t, f)
		if err == nil {
			_, err = instance.Compute(ctx, "")
		}
		if !errors.As(err, new(*ProtocolError)) && !errors.As(err, new(*MalformedError)) && !strings.Contains(fmt.Sprint(err), "not in the module's memory") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABlockThatIsNotInMemoryIsAnError(t *testing.T) {
	for _, place := range []int32{-8, 2<<16 - 8} {
		f := newFake()
		f.alloc = place
		instance, err := openFake(t, f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := instance.Compute(ctx, strings.Repeat(" ", IOBufferBytes+1)); err == nil || !strings.Contains(err.Error(), "not in the module's memory") {
			t.Errorf("at %d: %v", place, err)
		}
	}
}

func TestATrapEndsTheInstanceAndIsUndone(t *testing.T) {
	f := newFake()
	f.trap = true
	instance, err := openFake(t, f)
	if err != nil {
		t.Fatal(err)
	}
	var trap *TrapError
	if _, err := instance.Compute(ctx, ""); !errors.As(err, &trap) || trap.Export != "compute" || !strings.Contains(err.Error(), "unreachable") {
		t.Fatal(err)
	}
	for name, further := range map[string]func() error{
		"compute": func() error { _, err := instance.Compute(ctx, ""); return err },
		"collect": func() error { return instance.Collect(ctx) },
		"memory":  func() error { _, err := instance.Memory(ctx); return err },
	} {
		if err := further(); !errors.Is(err, ErrOver) || !errors.As(err, &trap) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The store goes on without it.
	other, err := module.New(ctx, instance.vm.shared, Options{})
	if err != nil {
		t.Fatal(err)
	}
	value(t, other, "_home.a = 1")
}

func TestAForeignModuleIsRefused(t *testing.T) {
	for name := range exports {
		f := newFake()
		f.without = name
		if _, err := openFake(t, f); !errors.As(err, new(*ModuleError)) || !strings.Contains(err.Error(), "'"+name+"'") {
			t.Errorf("without %s: %v", name, err)
		}
	}
	f := newFake()
	f.abi = `{"version":"9","abi":2}`
	var version *VersionError
	if _, err := openFake(t, f); !errors.As(err, &version) || version.Module != 2 || version.Host != 1 {
		t.Error(err)
	}
	for _, file := range []string{"", "\x00asm", "\x00asm\x02\x00\x00\x00", "MZ and more", string(newFake().wasm()) + string(newFake().wasm()[8:])} {
		if _, err := Open(ctx, []byte(file), Engine{}); !errors.As(err, new(*ModuleError)) {
			t.Errorf("%.20q: %v", file, err)
		}
	}
}

func TestACutOrChangedModuleIsRefusedOrRuns(t *testing.T) {
	whole := newFake().wasm()
	for end := range whole {
		if m, err := Open(ctx, whole[:end], Engine{Interpreter: true}); err == nil {
			t.Errorf("the first %d of %d bytes were taken", end, len(whole))
			_ = m.Close(ctx)
		}
	}
	seed := seeded(t)
	random := rand.New(rand.NewPCG(seed, 0))
	for range 3_000 {
		changed := append([]byte(nil), whole...)
		changed[random.IntN(len(changed))] = byte(random.IntN(256))
		m, err := Open(ctx, changed, Engine{Interpreter: true})
		if err != nil {
			continue
		}
		// It may answer anything; nothing but an error may come of it.
		if instance, err := m.New(ctx, nil, Options{}); err == nil {
			_, _ = instance.Compute(ctx, "return 1")
		}
		if err := m.Close(ctx); err != nil {
			t.Error(err)
		}
	}
	for end := 0; end < len(wasm); end += 1 + random.IntN(20_000) {
		if m, err := Open(ctx, wasm[:end], Engine{}); err == nil {
			t.Errorf("the first %d bytes of the module were taken", end)
			_ = m.Close(ctx)
		}
	}
}
