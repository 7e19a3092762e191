package cu

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
)

func TestResultsOutputAndErrors(t *testing.T) {
	instance := open(t, nil, Options{})
	response, err := instance.Compute(ctx, "print('hello') return 6 * 7, { name = 'cu', 1, 2 }, math.huge, nil, string.format, 1 << 62")
	if err != nil || response.Output != "hello\n" || len(response.Values) != 6 {
		t.Fatalf("%v, %v", response, err)
	}
	table := response.Values[1].(Table)
	if table.Get("name") != "cu" || table.Get(2) != int64(2) || fmt.Sprint(table.List()) != "[1 2]" || fmt.Sprint(table.Map()) != "map[name:cu]" {
		t.Error(table)
	}
	if response.Values[4] != Library("string.format") {
		t.Error(response.Values[4])
	}
	var failed *LuaError
	_, err = instance.Compute(ctx, "local t\n\nreturn t.x")
	if !errors.As(err, &failed) || failed.Class != ClassRuntime || failed.Chunk != "compute" || failed.Line != 3 || !strings.HasPrefix(failed.Traceback, "stack traceback:\n") {
		t.Errorf("%#v", err)
	}
	_, err = instance.Compute(ctx, "error({ code = 7 })")
	if !errors.As(err, &failed) || failed.Value.(Table).Get("code") != int64(7) || failed.Line != 0 {
		t.Errorf("%#v", err)
	}
	if value(t, instance, "return 1") != int64(1) {
		t.Error("the instance does not go on")
	}
}

func TestCodeOfEachLength(t *testing.T) {
	instance := open(t, nil, Options{})
	for _, length := range []int{0, IOBufferBytes - 1, IOBufferBytes, IOBufferBytes + 1, 1_000_000} {
		code := strings.Repeat(" ", length)
		if length > 0 {
			code = code[:length-8] + "return 1"
		}
		if _, err := instance.Compute(ctx, code); err != nil {
			t.Errorf("%d bytes: %v", length, err)
		}
	}
	if _, err := instance.Compute(ctx, strings.Repeat(" ", 4<<20)); !errors.As(err, new(*LuaError)) || !strings.Contains(err.Error(), "4194304 bytes") {
		t.Error(err)
	}
	long := "return 1 --" + strings.Repeat("x", 100_000)
	value(t, instance, long)
	before := used(t, instance)
	for range 100 {
		value(t, instance, long)
		_, _ = instance.Compute(ctx, long+"\n!")
	}
	if after := used(t, instance); after != before {
		t.Errorf("100 computes of long code left %d bytes", after-before)
	}
}

func used(t *testing.T, instance *Instance) int {
	t.Helper()
	if err := instance.Collect(ctx); err != nil {
		t.Fatal(err)
	}
	stats, err := instance.Memory(ctx)
	if err != nil || stats.BufferBytes != IOBufferBytes || stats.Pages < 30 {
		t.Fatal(stats, err)
	}
	return stats.LuaBytes
}

func TestASpilledResultIsReadAndGone(t *testing.T) {
	store := NewMemoryStore()
	shared := Share(store)
	instance, err := module.New(ctx, shared, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, letter := range []string{"a", "b"} {
		response, err := instance.Compute(ctx, "print('out') return ('"+letter+"'):rep(100000), 2")
		if err != nil || response.Values[0] != strings.Repeat(letter, 100_000) || response.Values[1] != int64(2) || response.Output != "out\n" {
			t.Fatal(err)
		}
		if size, _ := store.Size(TableIO); size != 0 {
			t.Error("the result is still there")
		}
	}
	// One that a dead instance left is gone when the next begins.
	if err := store.Set(TableIO, []byte(KeyResult), []byte{TagNil}); err != nil {
		t.Fatal(err)
	}
	if _, err := module.New(ctx, shared, Options{}); err != nil {
		t.Fatal(err)
	}
	if size, _ := store.Size(TableIO); size != 0 {
		t.Error("the old result is still there")
	}
}

func TestValuesOfGoBecomeThoseOfLuaAndComeBack(t *testing.T) {
	instance := open(t, nil, Options{})
	value(t, instance, "function _home.describe(...) local all = {} for i = 1, select('#', ...) do local v = select(i, ...) all[i] = math.type(v) or type(v) end return table.concat(all, ' '), ... end")
	type name string
	type raw []byte // such as a json.RawMessage
	large := new(big.Int).Lsh(big.NewInt(1), 100)
	response, err := instance.Call(ctx, "_home.describe", 1, uint8(2), 2.5, float32(0.5), "s", []byte{0xff}, raw("r"), name("n"), true, nil, []int{1, 2}, []any{nil, "b"},
		map[string]any{"a": 1, "none": nil}, map[int]bool{7: true}, large, Table{{Key: true, Value: Table{}}}, Library("print"), [2]string{"x", "y"}, Way("_VERSION"))
	if err != nil {
		t.Fatal(err)
	}
	if got := response.Values[0]; got != "integer integer float float string string string string boolean nil table table table table userdata table function table string" {
		t.Error(got)
	}
	if got := fmt.Sprint(response.Values[1:]); got != "[1 2 2.5 0.5 s \xff r n true <nil> [{1 1} {2 2}] [{2 b}] [{a 1}] [{7 true}] 1267650600228229401496703205376 [{true []}] print [{1 x} {2 y}] Lua 5.4]" {
		t.Error(got)
	}
	var circle []any = make([]any, 1)
	circle[0] = circle
	for _, none := range []any{struct{}{}, make(chan int), circle, func() {}, uint64(1 << 63), (*big.Int)(nil), map[float64]int{0.5: 1, -0.5: 2, nan(): 3}, map[any]any{1: 1, int64(1): 2}} {
		if _, err := instance.Call(ctx, "_home.describe", none); !errors.As(err, new(*EncodeError)) {
			t.Errorf("%T: %v", none, err)
		}
	}
	if _, err := instance.Call(ctx, "_home..f"); !errors.As(err, new(*EncodeError)) || !strings.Contains(err.Error(), "byte 6") {
		t.Error(err)
	}
	if _, err := instance.Call(ctx, "_home.describe", make([]any, 251)...); !errors.As(err, new(*EncodeError)) || !strings.Contains(err.Error(), "251 arguments") {
		t.Error(err)
	}
}

func nan() float64 { zero := 0.0; return zero / zero }

func TestCallsByReferenceAndByContent(t *testing.T) {
	instance := open(t, nil, Options{})
	value(t, instance, "_home.list = { 'a', { x = 1 } } function _home.get() return _home.list end")
	response, err := instance.Call(ctx, "_home.get")
	if _, isExternal := response.Value().(External); err != nil || !isExternal {
		t.Error(response, err)
	}
	response, err = instance.CallContent(ctx, "_home.get")
	if err != nil || fmt.Sprint(response.Value()) != "[{1 a} {2 [{x 1}]}]" {
		t.Error(response, err)
	}
	var failed *LuaError
	if _, err := instance.Call(ctx, "_home.nothing"); !errors.As(err, &failed) || failed.Message != "the way '_home.nothing' leads to nothing" {
		t.Error(err)
	}
}

func TestOptions(t *testing.T) {
	instance := open(t, nil, Options{Instructions: 10_000, Output: -1, Permissions: Permissions{ReadOnly: true, Library: map[string]bool{"os": false}}})
	var failed *LuaError
	if _, err := instance.Compute(ctx, "while true do end"); !errors.As(err, &failed) || failed.Class != ClassBudget {
		t.Error(err)
	}
	if _, err := instance.Compute(ctx, "_home.a = 1"); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Error(err)
	}
	if _, err := instance.Compute(ctx, "return os.time()"); err == nil {
		t.Error("os is forbidden")
	}
	if response, err := instance.Compute(ctx, "print('x')"); err != nil || response.Output != "\n[output cut: 0 of 2 bytes kept]\n" {
		t.Errorf("%q, %v", response.Output, err)
	}
	options := instance.Options()
	options.Permissions, options.Instructions, options.Output = Permissions{}, 0, 0
	free, err := instance.With(options)
	if err != nil {
		t.Fatal(err)
	}
	value(t, free, "_home.a = 1 for i = 1, 100000 do end")
	if _, err := instance.Compute(ctx, "_home.a = 1"); err == nil {
		t.Error("With changed the instance itself")
	}
	if _, err := instance.With(Options{Atomic: "sometimes"}); err == nil || !strings.Contains(err.Error(), `"sometimes"`) {
		t.Error(err)
	}
	seeded := func(seed int64) any {
		return value(t, open(t, nil, Options{Seed: seed}), "return math.random(1 << 40)")
	}
	if seeded(1) != seeded(1) || seeded(1) == seeded(2) {
		t.Error("the seed is not that of the options")
	}
	if _, err := module.New(ctx, nil, Options{Config: Table{{"instructions", "many"}}}); err == nil {
		instance := open(t, nil, Options{Config: Table{{"instructions", "many"}}})
		if _, err := instance.Compute(ctx, "return 1"); !errors.As(err, &failed) || failed.Class != ClassConfig {
			t.Error(err)
		}
	}
}

// Options are values: neither those that were given nor those that are returned are the instance's own maps.
func TestOptionsThatChangeLaterChangeNoInstance(t *testing.T) {
	given := Options{Functions: map[string]Function{"which": Sync(answers("first"))}, Events: []string{EventUsage}, OnEvent: func(Event) {},
		Permissions: Permissions{Library: map[string]bool{"os": false}}, Config: Table{{"output", int64(10)}}}
	instance := open(t, nil, given)
	for _, options := range []Options{given, instance.Options()} {
		options.Functions["which"] = Sync(answers("second"))
		options.Events[0], options.Permissions.Library["os"], options.Config[0].Value = EventOutput, true, int64(0)
		if got := value(t, instance, "return host.which()"); got != "first" {
			t.Error(got)
		}
	}
	same, err := instance.With(instance.Options())
	if err != nil {
		t.Fatal(err)
	}
	if response, err := same.Compute(ctx, "print('kept') return pcall(os.time)"); err != nil || response.Value() != false || response.Output != "kept\n" {
		t.Error(response, err)
	}
}

func TestEvents(t *testing.T) {
	var kinds []string
	var printed string
	instance := open(t, nil, Options{Output: 5, Events: []string{EventOutput, EventUsage, EventAudit}, OnEvent: func(event Event) {
		kinds = append(kinds, event.Kind)
		if event.Kind == EventOutput && event.Fields.Get(FieldOffset).(int64) >= 5 {
			printed += event.Fields.Get(FieldText).(string)
		}
		if again, err := Decode(event.Encoded); err != nil || !same(again, event.Fields) {
			t.Error(again, err)
		}
	}})
	response, err := instance.Compute(ctx, "print('hello world') function _home.f() end")
	if err != nil || response.Output[:5]+printed != "hello world\n" {
		t.Errorf("%q and %q, %v", response.Output, printed, err)
	}
	if got := strings.Join(kinds, " "); got != "audit output output audit usage" {
		t.Error(got)
	}
}
