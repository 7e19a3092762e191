package cu

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// An Engine says how wazero runs the module. The zero value compiles to machine code, and keeps nothing on the disk.
type Engine struct {
	// Interpreter runs without machine code: some fifty times slower, on every platform of Go.
	Interpreter bool
	// CacheDir is a folder where compiled code is kept for the next start. Nobody else may be able to write there: it is run as it is.
	CacheDir string
}

// A Module is cu.wasm, compiled. All its instances share the code. It may be used by several goroutines.
type Module struct {
	Info     Info
	runtime  wazero.Runtime
	cache    wazero.CompilationCache
	compiled wazero.CompiledModule
}

// Open compiles the bytes of cu.wasm. It refuses what is no module of this version of the contract, before anything of it runs.
func Open(ctx context.Context, wasm []byte, engine Engine) (*Module, error) {
	info, err := ReadInfo(wasm)
	if err != nil {
		return nil, err
	}
	config := wazero.NewRuntimeConfigCompiler()
	if engine.Interpreter {
		config = wazero.NewRuntimeConfigInterpreter()
	}
	m := &Module{Info: info, cache: wazero.NewCompilationCache()}
	if engine.CacheDir != "" {
		if m.cache, err = wazero.NewCompilationCacheWithDir(engine.CacheDir); err != nil {
			return nil, &ModuleError{"its compiled code cannot be kept", err}
		}
	}
	m.runtime = wazero.NewRuntimeWithConfig(ctx, config.WithCoreFeatures(api.CoreFeaturesV1).WithCompilationCache(m.cache))
	if m.compiled, err = m.runtime.CompileModule(ctx, wasm); err != nil {
		return nil, errors.Join(&ModuleError{"the engine refuses it", err}, m.Close(ctx))
	}
	if err := m.check(); err != nil {
		return nil, errors.Join(err, m.Close(ctx))
	}
	if err := offerImports(ctx, m.runtime); err != nil {
		return nil, errors.Join(&ModuleError{"its imports cannot be offered", err}, m.Close(ctx))
	}
	return m, nil
}

// Close ends all instances, which are over after it.
func (m *Module) Close(ctx context.Context) error {
	return errors.Join(m.runtime.Close(ctx), m.cache.Close(ctx))
}

// The exports that are called, by number; parameters and results are i32.
const (
	exportInit = iota
	exportCompute
	exportBuffer
	exportBufferSize
	exportStats
	exportCollect
	exportAlloc
	exportCount
)

var exports = [exportCount]struct {
	name               string
	parameters, result int
}{
	{"init", 0, 1}, {"compute", 2, 1}, {"get_buffer_ptr", 0, 1}, {"get_buffer_size", 0, 1},
	{"get_memory_stats", 1, 0}, {"run_gc", 0, 0}, {"lua_alloc", 4, 1},
}

// check compares what the file has with the contract, so that no call fails for that later.
func (m *Module) check() error {
	have := m.compiled.ExportedFunctions()
	for _, export := range exports {
		definition, ok := have[export.name]
		if !ok {
			return &ModuleError{fmt.Sprintf("it does not export '%s'", export.name), nil}
		}
		if len(definition.ParamTypes()) != export.parameters || len(definition.ResultTypes()) != export.result {
			return &ModuleError{fmt.Sprintf("its export '%s' has %d parameters and %d results, not %d and %d", export.name,
				len(definition.ParamTypes()), len(definition.ResultTypes()), export.parameters, export.result), nil}
		}
		for _, kind := range append(definition.ParamTypes(), definition.ResultTypes()...) {
			if kind != api.ValueTypeI32 {
				return &ModuleError{fmt.Sprintf("its export '%s' takes or returns %s, not i32", export.name, api.ValueTypeName(kind)), nil}
			}
		}
	}
	if m.compiled.ExportedMemories()[MemoryExport] == nil {
		return &ModuleError{fmt.Sprintf("it does not export its memory as '%s'", MemoryExport), nil}
	}
	return nil
}

// instantiate makes a linear memory of its own, in which nothing has run.
func (m *Module) instantiate(ctx context.Context) (*machine, error) {
	module, err := m.runtime.InstantiateModule(ctx, m.compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return nil, &ModuleError{"it cannot be instantiated", err}
	}
	machine := &machine{module: module, memory: memory{module.Memory()}}
	for at, export := range exports {
		machine.exports[at] = module.ExportedFunction(export.name)
	}
	return machine, nil
}

// A machine is one linear memory with the module's exports.
type machine struct {
	module  api.Module
	memory  memory
	exports [exportCount]api.Function
}

// call calls an export. An error is a trap: what the module was doing will never be done.
func (m *machine) call(ctx context.Context, export int, words ...uint32) (int32, error) {
	var stack [4]uint64
	for at, word := range words {
		stack[at] = uint64(word)
	}
	if err := m.exports[export].CallWithStack(ctx, stack[:]); err != nil {
		return 0, &TrapError{Export: exports[export].name, Cause: err}
	}
	return int32(uint32(stack[0])), nil
}
