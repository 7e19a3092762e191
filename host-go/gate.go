package cu

import (
	"context"
	"sync"
)

// A gate counts calls that run a module's code, so that it is not unmapped under them.
type gate struct {
	lock    sync.Mutex
	closed  bool
	running int
	idle    chan struct{} // closed when the last call has left a gate that is closed
}

func (g *gate) enter() bool {
	g.lock.Lock()
	defer g.lock.Unlock()
	if !g.closed {
		g.running++
	}
	return !g.closed
}

func (g *gate) leave() {
	g.lock.Lock()
	defer g.lock.Unlock()
	if g.running--; g.running == 0 && g.closed {
		close(g.idle)
	}
}

// close lets nobody in any more, and waits for who is inside.
func (g *gate) close(ctx context.Context) error {
	g.lock.Lock()
	if !g.closed {
		g.closed, g.idle = true, make(chan struct{})
		if g.running == 0 {
			close(g.idle)
		}
	}
	g.lock.Unlock()
	select {
	case <-g.idle:
		return nil
	case <-ctx.Done():
		return &StoreError{"waiting for the calls that run", context.Cause(ctx)}
	}
}
