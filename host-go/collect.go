package cu

import (
	"context"
	"errors"
)

// Collect collects what nothing reaches: in the VM, and in the store the tables that no home reaches.
func (i *Instance) Collect(ctx context.Context) error {
	return i.vm.enter(ctx, i.settings, func(r *run) (_ bool, err error) {
		defer recovered(&err)
		r.do("run_gc")
		var failures []error
		for _, failed := range r.failed {
			failures = append(failures, failed)
		}
		if err := errors.Join(failures...); err != nil {
			return true, &StoreError{"collecting", err}
		}
		return true, nil
	})
}

// MemoryStats is how much memory an instance uses.
type MemoryStats struct {
	BufferBytes int // of the buffer between host and module
	LuaBytes    int // in use in the arena
	Pages       int // of 65,536 bytes, of the linear memory
}

// Memory returns it.
func (i *Instance) Memory(ctx context.Context) (stats MemoryStats, err error) {
	err = i.vm.enter(ctx, i.settings, func(r *run) (_ bool, err error) {
		defer recovered(&err)
		r.do("get_memory_stats", r.buffer)
		written := r.at(uint64(r.buffer), MemoryStatsBytes)
		stats = MemoryStats{int(word(written, 0)), int(word(written, 4)), int(word(written, 8))}
		return true, nil
	})
	return stats, err
}
