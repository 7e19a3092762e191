package cu

import (
	"context"
	"errors"

	"github.com/tetratelabs/wazero"
)

// An Engine says how wazero runs the module. The zero value compiles to machine code where wazero can, on amd64 and arm64, and interprets
// elsewhere; it keeps nothing on the disk.
type Engine struct {
	// Interpreter runs without machine code: some fifty times slower, on every platform of Go.
	Interpreter bool
	// CacheDir is a folder where compiled code is kept for the next start. Nobody else may be able to write there: it is run as it is.
	CacheDir string
}

// Open compiles the bytes of cu.wasm, once for all instances.
func Open(ctx context.Context, wasm []byte, engine Engine) (*Module, error) {
	config := wazero.NewRuntimeConfig()
	if engine.Interpreter {
		config = wazero.NewRuntimeConfigInterpreter()
	}
	if engine.CacheDir == "" {
		return load(ctx, wasm, config)
	}
	cache, err := wazero.NewCompilationCacheWithDir(engine.CacheDir)
	if err != nil {
		return nil, &StoreError{"compiled code cannot be kept", err}
	}
	m, err := load(ctx, wasm, config.WithCompilationCache(cache))
	if err != nil {
		return nil, errors.Join(err, cache.Close(ctx))
	}
	m.cache = cache
	return m, nil
}

// Close ends all instances, which are over after it. It waits for the calls that run; called from inside of one, it is ErrBusy.
func (m *Module) Close(ctx context.Context) error {
	if ctx.Value(callKey{}) != nil {
		return ErrBusy
	}
	if err := m.gate.close(ctx); err != nil {
		return err
	}
	err := m.runtime.Close(ctx)
	if m.cache != nil {
		err = errors.Join(err, m.cache.Close(ctx))
	}
	return err
}
