package cu

import (
	"context"
	"fmt"
	"slices"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// code is cu.wasm, compiled.
type code struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
}

// exports are those that are called. Their parameters and results are i32.
var exports = map[string]struct{ parameters, results int }{
	"init": {0, 1}, "compute": {2, 1}, "get_buffer_ptr": {0, 1}, "get_buffer_size": {0, 1},
	"get_memory_stats": {1, 0}, "run_gc": {0, 0}, "lua_alloc": {4, 1},
}

func words(count int) []api.ValueType { return slices.Repeat([]api.ValueType{api.ValueTypeI32}, count) }

// load compiles the bytes of cu.wasm. It refuses what is no module of this version of the contract before anything of it runs, and compares
// what the file exports with the contract, so that no call fails for that later.
func load(ctx context.Context, wasm []byte, runtime wazero.Runtime) (c *code, err error) {
	defer recovered(&err)
	describe(wasm)
	compiled, err := runtime.CompileModule(ctx, wasm)
	require(err == nil, "the engine refuses it: %w", err)
	for name, export := range exports {
		function, ok := compiled.ExportedFunctions()[name]
		require(ok && slices.Equal(function.ParamTypes(), words(export.parameters)) && slices.Equal(function.ResultTypes(), words(export.results)),
			"it does not export '%s' with %d parameters and %d results, all i32", name, export.parameters, export.results)
	}
	require(compiled.ExportedMemories()[MemoryExport] != nil, "it does not export its memory as '%s'", MemoryExport)
	return &code{runtime, compiled}, offerImports(ctx, runtime)
}

// A machine is one linear memory with the module's exports.
type machine struct {
	module  api.Module
	exports map[string]api.Function
	buffer  uint32 // where the I/O buffer is
}

// instantiate makes a machine in which nothing has run.
func (c *code) instantiate(ctx context.Context) (*machine, error) {
	module, err := c.runtime.InstantiateModule(ctx, c.compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return nil, &ModuleError{fmt.Errorf("it cannot be instantiated: %w", err)}
	}
	machine := &machine{module: module, exports: map[string]api.Function{}}
	for name := range exports {
		machine.exports[name] = module.ExportedFunction(name)
	}
	return machine, nil
}
