package cu

import (
	"math/big"
	"slices"
)

// Get returns the value under a key that is a string, a bool or a number, and nil if there is none. Of a key that stands twice the last counts.
func (t Table) Get(key any) any {
	if number, ok := key.(int); ok {
		key = int64(number)
	}
	for at := len(t) - 1; at >= 0; at-- {
		switch t[at].Key.(type) {
		case string, bool, int64, float64, Library, External:
			if t[at].Key == key {
				return t[at].Value
			}
		}
	}
	return nil
}

// List returns the values under 1, 2, 3 and so on, up to the first that is nil or absent.
func (t Table) List() []any {
	byIndex := make(map[int64]any, len(t))
	for _, pair := range t {
		if index, ok := pair.Key.(int64); ok {
			byIndex[index] = pair.Value
		}
	}
	var list []any
	for index := int64(1); byIndex[index] != nil; index++ {
		list = append(list, byIndex[index])
	}
	return list
}

// Map returns what stands under keys that are strings.
func (t Table) Map() map[string]any {
	byName := make(map[string]any, len(t))
	for _, pair := range t {
		if name, ok := pair.Key.(string); ok {
			byName[name] = pair.Value
		}
	}
	return byName
}

// equal says whether two values are the same in Lua; tables are it by their content, in whatever order.
func equal(a, b any) bool {
	switch a := a.(type) {
	case *big.Int:
		b, ok := b.(*big.Int)
		return ok && a.Cmp(b) == 0
	case Table:
		b, ok := b.(Table)
		if !ok || len(a) != len(b) {
			return false
		}
		for _, pair := range a {
			if !slices.ContainsFunc(b, func(other Pair) bool { return equal(pair.Key, other.Key) && equal(pair.Value, other.Value) }) {
				return false
			}
		}
		return true
	}
	_, isTable := b.(Table)
	return !isTable && a == b
}
