package cu

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// A Module is cu.wasm, compiled. All its instances share the code. It may be used by several goroutines.
type Module struct {
	Info     Info
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	cache    wazero.CompilationCache // of compiled code, if there is one
	gate     gate
}

// exports are those that are called. Their parameters and results are i32.
var exports = map[string]struct{ parameters, results int }{
	"init": {0, 1}, "compute": {2, 1}, "get_buffer_ptr": {0, 1}, "get_buffer_size": {0, 1},
	"get_memory_stats": {1, 0}, "run_gc": {0, 0}, "lua_alloc": {4, 1},
}

func words(count int) []api.ValueType { return slices.Repeat([]api.ValueType{api.ValueTypeI32}, count) }

// load compiles the bytes of cu.wasm. It refuses what is no module of this version of the contract before anything of it runs.
func load(ctx context.Context, wasm []byte, config wazero.RuntimeConfig) (*Module, error) {
	info, err := ReadInfo(wasm)
	if err != nil {
		return nil, err
	}
	m := &Module{Info: info, runtime: wazero.NewRuntimeWithConfig(ctx, config.WithCoreFeatures(api.CoreFeaturesV1))}
	if err := m.compile(ctx, wasm); err != nil {
		return nil, errors.Join(err, m.runtime.Close(ctx))
	}
	return m, nil
}

// compile compares what the file exports with the contract, too, so that no call fails for that later.
func (m *Module) compile(ctx context.Context, wasm []byte) (err error) {
	defer recovered(&err)
	m.compiled, err = m.runtime.CompileModule(ctx, wasm)
	require(err == nil, "the engine refuses it: %w", err)
	have := m.compiled.ExportedFunctions()
	for name, export := range exports {
		function, ok := have[name]
		require(ok && slices.Equal(function.ParamTypes(), words(export.parameters)) && slices.Equal(function.ResultTypes(), words(export.results)),
			"it does not export '%s' with %d parameters and %d results, all i32", name, export.parameters, export.results)
	}
	require(m.compiled.ExportedMemories()[MemoryExport] != nil, "it does not export its memory as '%s'", MemoryExport)
	return offerImports(ctx, m.runtime)
}

// A machine is one linear memory with the module's exports, and the store that its imports use.
type machine struct {
	module  api.Module
	memory  api.Memory
	exports map[string]api.Function
	buffer  uint32 // where the I/O buffer is
	store   Store
}

// instantiate makes a machine in which nothing has run.
func (m *Module) instantiate(ctx context.Context, store Store) (*machine, error) {
	module, err := m.runtime.InstantiateModule(ctx, m.compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return nil, &ModuleError{fmt.Errorf("it cannot be instantiated: %w", err)}
	}
	machine := &machine{module: module, memory: module.Memory(), store: store, exports: map[string]api.Function{}}
	for name := range exports {
		machine.exports[name] = module.ExportedFunction(name)
	}
	return machine, nil
}
