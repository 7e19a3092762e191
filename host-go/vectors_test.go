package cu

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// untag makes a value of its tagged form in the vectors.
func untag(t testing.TB, form []any) any {
	t.Helper()
	switch form[0] {
	case "nil":
		return nil
	case "boolean":
		return form[1]
	case "integer":
		number, err := strconv.ParseInt(form[1].(string), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return number
	case "float":
		return math.Float64frombits(binary.BigEndian.Uint64(unhex(t, form[1].(string))))
	case "string":
		return string(unhex(t, form[1].(string)))
	case "function":
		return StoredFunction(form[1].(float64))
	case "library":
		return Library(form[1].(string))
	case "external":
		return External(form[1].(float64))
	case "biginteger":
		number, _ := new(big.Int).SetString(form[1].(string), 10)
		return number
	case "table":
		var table Table
		for _, pair := range form[1].([]any) {
			both := pair.([]any)
			table = append(table, Pair{untag(t, both[0].([]any)), untag(t, both[1].([]any))})
		}
		return table
	case "nested":
		var table Table
		for range int(form[1].(float64)) - 1 {
			table = Table{{int64(1), table}}
		}
		return table
	}
	t.Fatalf("no form is called %v", form[0])
	return nil
}

// same compares values; floats by their bits.
func same(a, b any) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && math.Float64bits(a) == math.Float64bits(b)
	case *big.Int:
		b, ok := b.(*big.Int)
		return ok && a.Cmp(b) == 0
	case Table:
		b, ok := b.(Table)
		if !ok || len(a) != len(b) {
			return false
		}
		for at := range a {
			if !same(a[at].Key, b[at].Key) || !same(a[at].Value, b[at].Value) {
				return false
			}
		}
		return true
	}
	return a == b
}

func TestValuesOfTheVectors(t *testing.T) {
	var all []struct {
		Name, Lua, Bytes string
		Value            []any
		Accepts          []string
	}
	vectors(t, "values.json", &all)
	instance := open(t, nil, Options{})
	for _, v := range all {
		wanted, encoded := untag(t, v.Value), unhex(t, v.Bytes)
		if got, err := Encode(wanted); err != nil || !bytes.Equal(got, encoded) {
			t.Errorf("%s: encoded as %x, %v", v.Name, got, err)
		}
		for _, accepted := range append(v.Accepts, v.Bytes) {
			if got, err := Decode(unhex(t, accepted)); err != nil || !same(got, wanted) {
				t.Errorf("%s: %s is decoded as %v, %v", v.Name, accepted, got, err)
			}
		}
		if v.Lua != "" {
			if got := value(t, instance, "return "+v.Lua); !same(got, wanted) {
				t.Errorf("%s: the module answers %v", v.Name, got)
			}
		}
	}
}

func offset(err error) int {
	var malformed *MalformedError
	if errors.As(err, &malformed) {
		return malformed.Offset
	}
	return -1
}

func TestMalformedValuesOfTheVectors(t *testing.T) {
	var all []struct {
		Name, Bytes string
		At          int
	}
	vectors(t, "malformed.json", &all)
	for _, v := range all {
		if got, err := Decode(unhex(t, v.Bytes)); offset(err) != v.At {
			t.Errorf("%s: %v, %v; the wrong byte is %d", v.Name, got, err, v.At)
		}
	}
}

func TestKeysOfTheVectors(t *testing.T) {
	var all struct {
		Accepted []struct {
			Name, Bytes string
			Key         []any
			Equal       [][]any
		}
		Refused []struct{ Name, Bytes string }
		None    []struct {
			Name  string
			Value []any
		}
	}
	vectors(t, "keys.json", &all)
	var before []byte
	for _, v := range all.Accepted {
		encoded := unhex(t, v.Bytes)
		for _, form := range append(v.Equal, v.Key) {
			if got, err := EncodeKey(untag(t, form)); err != nil || !bytes.Equal(got, encoded) {
				t.Errorf("%s: %v is encoded as %x, %v", v.Name, form, got, err)
			}
		}
		if got, err := DecodeKey(encoded); err != nil || !same(got, untag(t, v.Key)) {
			t.Errorf("%s: decoded as %v, %v", v.Name, got, err)
		}
		if bytes.Compare(before, encoded) >= 0 {
			t.Errorf("%s is not behind %x", v.Name, before)
		}
		before = encoded
	}
	for _, v := range all.Refused {
		if got, err := DecodeKey(unhex(t, v.Bytes)); offset(err) < 0 {
			t.Errorf("%s: decoded as %v, %v", v.Name, got, err)
		}
	}
	for _, v := range all.None {
		if got, err := EncodeKey(untag(t, v.Value)); !errors.As(err, new(*EncodeError)) {
			t.Errorf("%s: encoded as %x, %v", v.Name, got, err)
		}
	}
	if _, err := EncodeKey(strings.Repeat("x", KeyBytes-2)); err != nil {
		t.Error(err)
	}
	if _, err := EncodeKey(strings.Repeat("x", KeyBytes-1)); !errors.As(err, new(*EncodeError)) || !strings.Contains(err.Error(), "4097 bytes; 4096") {
		t.Error(err)
	}
}

func TestPagesOfTheVectors(t *testing.T) {
	var all struct {
		Answers []struct {
			Name       string
			Keys       []string
			After      string
			Descending bool
			Request    string
			Room       int
			Answer     *string
		}
		Refused []struct{ Name, After, Answer string }
	}
	vectors(t, "pages.json", &all)
	for _, v := range all.Answers {
		store := NewMemoryStore()
		for _, key := range v.Keys {
			if err := store.Set(7, unhex(t, key), []byte{TagNil}); err != nil {
				t.Fatal(err)
			}
		}
		page := append(unhex(t, v.Request), make([]byte, v.Room)...)[:v.Room]
		length, err := fillPage(page, func(after []byte, descending bool, yield func([]byte) bool) error {
			if hex.EncodeToString(after) != v.After || descending != v.Descending {
				t.Errorf("%s: read as %x, %v", v.Name, after, descending)
			}
			return store.Keys(7, after, descending, yield)
		})
		if v.Answer == nil {
			if err == nil {
				t.Errorf("%s: answered %x", v.Name, page[:length])
			}
		} else if hex.EncodeToString(page[:length]) != *v.Answer || err != nil {
			t.Errorf("%s: answered %x, %v", v.Name, page[:length], err)
		}
	}
	for _, v := range all.Refused {
		refusesPage(t, v.Name, unhex(t, v.After), unhex(t, v.Answer))
	}
}

// refusesPage gives a page that no store could give, with an import of its own: a script fails, and the instance goes on.
func refusesPage(t *testing.T, name string, after, answer []byte) {
	t.Helper()
	keys := &imports[len(imports)-1].run
	defer func(own func(*call, Store, uint32, []uint64) (int, error)) { *keys = own }(*keys)
	*keys = func(c *call, _ Store, _ uint32, words []uint64) (int, error) {
		page := c.bytes(words, 1)
		last := page[4:][:word(page, 0)]
		if len(after) > 0 && len(last) == 0 { // the first page ends with the last key seen
			binary.LittleEndian.PutUint32(page, uint32(len(after)))
			return 4 + copy(page[4:], after), nil
		}
		return copy(page, answer), nil
	}
	hostile, err := Open(ctx, wasm, testEngine())
	if err != nil {
		t.Fatal(err)
	}
	defer hostile.Close(ctx)
	instance, err := hostile.New(ctx, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := instance.Compute(ctx, "_home.a = 1 for _ in pairs(_home) do end"); !errors.As(err, new(*LuaError)) {
		t.Errorf("%s: %v, %v", name, got, err)
	}
	value(t, instance, "return 1")
}

func TestCallsOfTheVectors(t *testing.T) {
	var all struct {
		Accepted []struct {
			Name, Way, Bytes string
			Content          bool
			Arguments        [][]any
		}
		Refused []struct {
			Name, Bytes string
			At          int
		}
	}
	vectors(t, "calls.json", &all)
	for _, v := range all.Accepted {
		call := Call{Way: v.Way, Content: v.Content}
		for _, argument := range v.Arguments {
			if argument[0] == "way" {
				call.Args = append(call.Args, Way(argument[1].(string)))
			} else {
				call.Args = append(call.Args, untag(t, argument[1].([]any)))
			}
		}
		encoded := unhex(t, v.Bytes)
		if got, err := call.Encode(); err != nil || got != string(encoded) {
			t.Errorf("%s: encoded as %x, %v", v.Name, got, err)
		}
		if got, err := DecodeCall(encoded); err != nil || !reflect.DeepEqual(got, call) {
			t.Errorf("%s: decoded as %#v, %v; wanted %#v", v.Name, got, err, call)
		}
	}
	for _, v := range all.Refused {
		if got, err := DecodeCall(unhex(t, v.Bytes)); offset(err) != v.At {
			t.Errorf("%s: %v, %v; the wrong byte is %d", v.Name, got, err, v.At)
		}
	}
}
