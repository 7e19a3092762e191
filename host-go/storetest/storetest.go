// Package storetest tests a cu.Store against a model that is too simple to be wrong. Tests of stores of your own can use it, too.
package storetest

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"cu"
)

// Run does random operations on an empty store and on a model, compares all answers, and prints the seed if they differ; the variable
// CU_SEED repeats a run. With reopen, which may be nil, it closes and opens the store now and then, between units.
func Run(t *testing.T, store cu.Store, operations int, reopen func(cu.Store) cu.Store) {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if given, err := strconv.ParseUint(os.Getenv("CU_SEED"), 10, 64); err == nil {
		seed = given
	}
	test := &tester{t: t, random: rand.New(rand.NewPCG(seed, 0)), store: store, model: model{}}
	defer func() {
		if t.Failed() {
			t.Logf("the seed was %d", seed)
		}
	}()
	units, _ := store.(cu.Units)
	for range operations {
		if units != nil && test.before == nil && !test.begin(units) {
			return
		}
		if !test.step() {
			return
		}
		if units != nil && test.random.IntN(30) == 0 {
			if !test.end(units) {
				return
			}
			if reopen != nil && test.random.IntN(5) == 0 {
				test.store = reopen(test.store)
				units, _ = test.store.(cu.Units)
			}
		}
	}
	if units != nil && test.before != nil {
		test.end(units)
	}
}

type model map[uint32]map[string]string

func (m model) clone() model {
	all := model{}
	for table, rows := range m {
		all[table] = map[string]string{}
		for key, value := range rows {
			all[table][key] = value
		}
	}
	return all
}

type tester struct {
	t      *testing.T
	random *rand.Rand
	store  cu.Store
	model  model
	before model // at the beginning of the unit
}

func (s *tester) check(err error, problem string, words ...any) bool {
	s.t.Helper()
	if err != nil {
		s.t.Errorf("%s: %v", fmt.Sprintf(problem, words...), err)
	}
	return err == nil
}

func (s *tester) begin(units cu.Units) bool {
	s.before = s.model.clone()
	return s.check(units.Begin(context.Background()), "begin")
}

func (s *tester) end(units cu.Units) bool {
	before := s.before
	s.before = nil
	ended := false
	if s.random.IntN(3) == 0 {
		s.model = before
		ended = s.check(units.Rollback(), "rollback")
	} else {
		ended = s.check(units.Commit(), "commit")
	}
	return ended && s.begin(units) && s.whole() && s.again(units)
}

// again ends the unit in which the whole was compared.
func (s *tester) again(units cu.Units) bool {
	s.before = nil
	return s.check(units.Commit(), "commit of a unit that only read")
}

// whole compares everything.
func (s *tester) whole() bool {
	for table := range uint32(6) {
		if !s.keys(table, nil, false, 1<<30) || !s.keys(table, nil, true, 1<<30) {
			return false
		}
		for key := range s.model[table] {
			if !s.get(table, []byte(key)) {
				return false
			}
		}
	}
	return true
}

func (s *tester) key() []byte {
	key := make([]byte, 1+s.random.IntN(3))
	for at := range key {
		key[at] = []byte{0, 1, 'a', 'b', 0xfe, 0xff}[s.random.IntN(6)]
	}
	if s.random.IntN(100) == 0 {
		key = append(key, make([]byte, cu.KeyBytes-len(key))...)
	}
	return key
}

func (s *tester) step() bool {
	table := uint32(s.random.IntN(6))
	key := s.key()
	rows := s.model[table]
	switch s.random.IntN(8) {
	case 0, 1, 2:
		value := bytes.Repeat([]byte{byte(s.random.IntN(256))}, s.random.IntN(40)*s.random.IntN(40))
		given := bytes.Clone(value)
		if !s.check(s.store.Set(table, key, given), "set %d %x", table, key) {
			return false
		}
		for at := range given { // it is the caller's again
			given[at]++
		}
		if rows == nil {
			rows = map[string]string{}
			s.model[table] = rows
		}
		rows[string(key)] = string(value)
	case 3, 4:
		if !s.check(s.store.Delete(table, key), "delete %d %x", table, key) {
			return false
		}
		if delete(rows, string(key)); len(rows) == 0 {
			delete(s.model, table)
		}
	case 5:
		return s.get(table, key)
	case 6:
		size, err := s.store.Size(table)
		if size != len(rows) {
			err = fmt.Errorf("it is %d, not %d: %v", size, len(rows), err)
		}
		return s.check(err, "size %d", table) && s.tables()
	case 7:
		if s.random.IntN(4) == 0 {
			key = nil
		}
		return s.keys(table, key, s.random.IntN(2) == 0, 1+s.random.IntN(20))
	}
	return true
}

func (s *tester) get(table uint32, key []byte) bool {
	value, found, err := s.store.Get(table, key)
	wanted, there := s.model[table][string(key)]
	if found != there || string(value) != wanted {
		err = fmt.Errorf("it is %x (%v), not %x (%v): %v", value, found, wanted, there, err)
	}
	return s.check(err, "get %d %x", table, key)
}

func (s *tester) keys(table uint32, after []byte, descending bool, most int) bool {
	var wanted, found []string
	for key := range s.model[table] {
		if order := bytes.Compare([]byte(key), after); len(after) == 0 || order > 0 && !descending || order < 0 && descending {
			wanted = append(wanted, key)
		}
	}
	slices.Sort(wanted)
	if descending {
		slices.Reverse(wanted)
	}
	wanted = wanted[:min(most, len(wanted))]
	err := s.store.Keys(table, after, descending, func(key []byte) bool {
		found = append(found, string(key))
		return len(found) < most
	})
	if !slices.Equal(found, wanted) {
		err = fmt.Errorf("they are %x, not %x: %v", found, wanted, err)
	}
	return s.check(err, "keys %d %x descending %v", table, after, descending)
}

func (s *tester) tables() bool {
	lister, ok := s.store.(cu.Lister)
	if !ok {
		return true
	}
	var wanted, found []uint32
	for table := range s.model {
		wanted = append(wanted, table)
	}
	slices.Sort(wanted)
	err := lister.Tables(func(table uint32) bool {
		found = append(found, table)
		return true
	})
	if !slices.Equal(found, wanted) {
		err = fmt.Errorf("they are %d, not %d: %v", found, wanted, err)
	}
	return s.check(err, "tables")
}
