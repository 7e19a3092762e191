package cu

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// lying is a store that now and then answers what was never stored.
type lying struct {
	*MemoryStore
	random *rand.Rand
}

func (l *lying) lies() bool { return l.random.IntN(8) == 0 }

// junk is any bytes, often those of a value that was changed.
func (l *lying) junk(like []byte) []byte {
	junk := bytes.Clone(like)
	switch l.random.IntN(4) {
	case 0:
		junk = junk[:l.random.IntN(len(junk)+1)]
	case 1:
		junk = make([]byte, l.random.IntN(70_000))
	case 2:
		junk = append(junk, junk...)
	}
	for range l.random.IntN(4) {
		if len(junk) > 0 {
			junk[l.random.IntN(len(junk))] = byte(l.random.IntN(256))
		}
	}
	return junk
}

func (l *lying) Get(table uint32, key []byte) ([]byte, bool, error) {
	value, found, err := l.MemoryStore.Get(table, key)
	if l.lies() {
		return l.junk(value), l.random.IntN(4) > 0, nil
	}
	return value, found, err
}

func (l *lying) Size(table uint32) (int, error) {
	if l.lies() {
		return []int{-1, -4, math.MinInt32, math.MaxInt32, math.MaxInt, math.MinInt, 0, 7}[l.random.IntN(8)], nil
	}
	return l.MemoryStore.Size(table)
}

// Keys may give keys that are none, in any order, and goes on when it was told to stop.
func (l *lying) Keys(table uint32, after []byte, descending bool, yield func([]byte) bool) error {
	if !l.lies() {
		return l.MemoryStore.Keys(table, after, descending, yield)
	}
	return l.MemoryStore.Keys(table, after, descending, func(key []byte) bool {
		if l.random.IntN(3) == 0 {
			key = l.junk(key)
		}
		yield(key)
		return true
	})
}

func (l *lying) Tables(yield func(uint32) bool) error {
	if !l.lies() {
		return l.MemoryStore.Tables(yield)
	}
	for range l.random.IntN(10) {
		yield([]uint32{0, 1, 2, 3, l.random.Uint32()}[l.random.IntN(5)])
	}
	return nil
}

// Whatever a store answers, nothing panics, nothing traps, and over a store that tells the truth the program goes on.
func TestAStoreThatAnswersAnything(t *testing.T) {
	seed := seeded(t)
	random := rand.New(rand.NewPCG(seed, 0))
	for range 60 {
		store := &lying{NewMemoryStore(), random}
		instance, err := module.New(ctx, Share(store), Options{Instructions: 50_000_000, Atomic: []Atomic{NotAtomic, AtomicByNotes, AtomicByStore}[random.IntN(3)]})
		if err != nil {
			continue
		}
		for range 4 {
			_, err := instance.Compute(ctx, work)
			err = errors.Join(err, instance.Collect(ctx))
			if errors.As(err, new(*TrapError)) {
				t.Error(err)
			}
		}
		if err := instance.Close(ctx); err != nil {
			t.Error(err)
		}
	}
}

// A key that has no room on a page is on the next one, also if the store goes on with shorter ones.
func TestAStoreThatDoesNotStopLosesNoKey(t *testing.T) {
	page := make([]byte, 16)
	keys := []string{"aaaa", "bbbbbbbbbb", "c"}
	count, err := fillPage(page, func(_ []byte, _ bool, yield func([]byte) bool) error {
		for _, key := range keys {
			yield([]byte(key))
		}
		return nil
	})
	if err != nil || string(page[:count]) != "\x04\x00\x00\x00aaaa" {
		t.Errorf("%q, %v", page[:count], err)
	}
}
