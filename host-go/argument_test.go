package cu

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
)

func TestArgumentsAreWhatAFunctionExpectsOrAnError(t *testing.T) {
	type name string
	type raw []byte
	args := []any{int64(3), 3.0, "s", true, nil, Table{{"a", int64(1)}}, External(7), 0.5, int64(-1), int64(300), math.Inf(1), big.NewInt(5), float64(1 << 63)}
	show := func(value any, err error) string {
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("%T %v", value, value)
	}
	at := func(index int) map[string]string {
		all := map[string]string{}
		add := func(value any, err error) { all[fmt.Sprintf("%T", value)] = show(value, err) }
		i, err := Arg[int](args, index)
		add(i, err)
		f, err := Arg[float64](args, index)
		add(f, err)
		u, err := Arg[uint8](args, index)
		add(u, err)
		s, err := Arg[name](args, index)
		add(s, err)
		r, err := Arg[raw](args, index)
		add(r, err)
		b, err := Arg[bool](args, index)
		add(b, err)
		table, err := Arg[Table](args, index)
		add(table, err)
		external, err := Arg[External](args, index)
		add(external, err)
		return all
	}
	for index, wanted := range []string{
		"int 3, float64 3, uint8 3", "int 3, float64 3, uint8 3", "cu.name s, cu.raw [115]", "bool true", "", "cu.Table [{a 1}]",
		"cu.External 7", "float64 0.5", "int -1, float64 -1", "int 300, float64 300", "float64 +Inf", "", "float64 9.223372036854776e+18", "",
	} {
		var got []string
		all := at(index)
		for _, kind := range []string{"int", "float64", "uint8", "cu.name", "cu.raw", "bool", "cu.Table", "cu.External"} {
			if strings.HasPrefix(all[kind], kind) {
				got = append(got, all[kind])
			} else if !strings.Contains(all[kind], fmt.Sprintf("bad argument #%d (%s expected, got ", index+1, kind)) {
				t.Error(all[kind])
			}
		}
		if strings.Join(got, ", ") != wanted {
			t.Errorf("argument %d: %v, not %s", index, got, wanted)
		}
	}
	instance := open(t, nil, Options{Functions: map[string]Function{
		"twice": Sync(func(_ context.Context, args []any) ([]any, error) {
			number, err := Arg[int](args, 0)
			return []any{2 * number}, err
		}),
	}})
	for code, wanted := range map[string]string{
		"return host.twice(4.0)":                     "8",
		"return select(2, pcall(host.twice))":        "host.twice: bad argument #1 (int expected, got no value)",
		"return select(2, pcall(host.twice, {}))":    "host.twice: bad argument #1 (int expected, got table)",
		"return select(2, pcall(host.twice, print))": "host.twice: bad argument #1 (int expected, got function)",
		"return select(2, pcall(host.twice, 2.5))":   "host.twice: bad argument #1 (int expected, got 2.5)",
		"return select(2, pcall(host.twice, 1e300))": "host.twice: bad argument #1 (int expected, got 1e+300)",
	} {
		if got := value(t, instance, code); fmt.Sprint(got) != wanted {
			t.Errorf("%s: %v", code, got)
		}
	}
}
