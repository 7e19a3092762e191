package cu

import (
	"context"
	"errors"
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

// load compiles the bytes of cu.wasm. It refuses what is no module of this version of the contract before anything of it runs.
func load(ctx context.Context, wasm []byte, config wazero.RuntimeConfig) (*code, Info, error) {
	info, err := ReadInfo(wasm)
	if err != nil {
		return nil, info, err
	}
	c := &code{runtime: wazero.NewRuntimeWithConfig(ctx, config.WithCoreFeatures(api.CoreFeaturesV1))}
	if err := c.compile(ctx, wasm); err != nil {
		return nil, info, errors.Join(err, c.runtime.Close(ctx))
	}
	return c, info, nil
}

// compile compares what the file exports with the contract, too, so that no call fails for that later.
func (c *code) compile(ctx context.Context, wasm []byte) (err error) {
	defer recovered(&err)
	c.compiled, err = c.runtime.CompileModule(ctx, wasm)
	require(err == nil, "the engine refuses it: %w", err)
	have := c.compiled.ExportedFunctions()
	for name, export := range exports {
		function, ok := have[name]
		require(ok && slices.Equal(function.ParamTypes(), words(export.parameters)) && slices.Equal(function.ResultTypes(), words(export.results)),
			"it does not export '%s' with %d parameters and %d results, all i32", name, export.parameters, export.results)
	}
	require(c.compiled.ExportedMemories()[MemoryExport] != nil, "it does not export its memory as '%s'", MemoryExport)
	return offerImports(ctx, c.runtime)
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
func (c *code) instantiate(ctx context.Context, store Store) (*machine, error) {
	module, err := c.runtime.InstantiateModule(ctx, c.compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return nil, &ModuleError{fmt.Errorf("it cannot be instantiated: %w", err)}
	}
	machine := &machine{module: module, memory: module.Memory(), store: store, exports: map[string]api.Function{}}
	for name := range exports {
		machine.exports[name] = module.ExportedFunction(name)
	}
	return machine, nil
}
