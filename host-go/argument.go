package cu

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
)

// Arg returns an argument of a function of the host, args[index], as a T. A script may give another one, or none: then the error says so
// in Lua's words. A number becomes any type of numbers that holds it: whether a script writes 3 or 3.0, it is an int, and a float64.
func Arg[T any](args []any, index int) (value T, err error) {
	var given any
	got := "no value"
	if index >= 0 && index < len(args) {
		given = args[index]
		got = luaType(given)
	}
	if value, ok := given.(T); ok {
		return value, nil
	}
	switch any(value).(type) {
	case External, StoredFunction, Library: // no number becomes a reference to a table
	default:
		if set(reflect.ValueOf(&value).Elem(), given) {
			return value, nil
		}
	}
	return value, fmt.Errorf("bad argument #%d (%s expected, got %s)", index+1, reflect.TypeFor[T](), got)
}

// set gives a variable of Go a value of Lua, if it can hold that.
func set(to reflect.Value, given any) bool {
	switch v := given.(type) {
	case bool:
		if to.Kind() == reflect.Bool {
			to.SetBool(v)
			return true
		}
	case string:
		switch {
		case to.Kind() == reflect.String:
			to.SetString(v)
			return true
		case to.Kind() == reflect.Slice && to.Type().Elem().Kind() == reflect.Uint8:
			to.SetBytes([]byte(v))
			return true
		}
	case float64:
		if to.CanFloat() {
			to.SetFloat(v)
			return true
		}
		// 2^63 is the first float that is no int64.
		return v == math.Trunc(v) && v >= math.MinInt64 && v < -math.MinInt64 && set(to, int64(v))
	case int64:
		switch {
		case to.CanFloat():
			to.SetFloat(float64(v))
			return true
		case to.CanInt() && !to.OverflowInt(v):
			to.SetInt(v)
			return true
		case to.CanUint() && v >= 0 && !to.OverflowUint(uint64(v)):
			to.SetUint(uint64(v))
			return true
		}
	}
	return false
}

// luaType is what scripts call the type of a value; numbers are shown, since it may be their size that is wrong.
func luaType(value any) string {
	switch v := value.(type) {
	case nil:
		return "nil"
	case bool:
		return "boolean"
	case int64, float64, *big.Int:
		return fmt.Sprint(v)
	case string:
		return "string"
	case Table:
		return "table"
	case External:
		return "table of the store"
	}
	return "function"
}
