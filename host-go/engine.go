package cu

import (
	"context"
	"errors"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// An Engine says how wazero runs the module. The zero value compiles to machine code where wazero can, on amd64 and arm64, and interprets
// elsewhere; it keeps nothing on the disk.
type Engine struct {
	// Interpreter runs without machine code: some fifty times slower, on every platform of Go.
	Interpreter bool
	// CacheDir is a folder where compiled code is kept for the next start. Nobody else may be able to write there: it is run as it is.
	CacheDir string
}

// A Module is cu.wasm, compiled. All its instances share the code. It may be used by several goroutines.
type Module struct {
	Info  Info
	code  *code
	cache wazero.CompilationCache // of compiled code, if there is one
	gate  gate
}

// Open compiles the bytes of cu.wasm, once for all instances.
func Open(ctx context.Context, wasm []byte, engine Engine) (*Module, error) {
	config := wazero.NewRuntimeConfig()
	if engine.Interpreter {
		config = wazero.NewRuntimeConfigInterpreter()
	}
	m := new(Module)
	if engine.CacheDir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(engine.CacheDir)
		if err != nil {
			return nil, &StoreError{"compiled code cannot be kept", err}
		}
		m.cache, config = cache, config.WithCompilationCache(cache)
	}
	runtime := wazero.NewRuntimeWithConfig(ctx, config.WithCoreFeatures(api.CoreFeaturesV1))
	var err error
	if m.Info, err = ReadInfo(wasm); err == nil {
		m.code, err = load(ctx, wasm, runtime)
	}
	if err != nil {
		return nil, errors.Join(err, runtime.Close(ctx), m.closeCache(ctx))
	}
	return m, nil
}

func (m *Module) closeCache(ctx context.Context) error {
	if m.cache == nil {
		return nil
	}
	return m.cache.Close(ctx)
}

// Close ends all instances, which are over after it. It waits for the calls that run; called from inside of one, it is ErrBusy.
func (m *Module) Close(ctx context.Context) error {
	if ctx.Value(callKey{}) != nil {
		return ErrBusy
	}
	if err := m.gate.close(ctx); err != nil {
		return err
	}
	return errors.Join(m.code.runtime.Close(ctx), m.closeCache(ctx))
}
