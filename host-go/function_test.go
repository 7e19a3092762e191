package cu

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// broken is an error of which a nil pointer is an error, too, whose text is a panic.
type broken struct{ text string }

func (b *broken) Error() string { return b.text }

// A script calls with what it likes, such as no argument where one was expected: that ends neither the program nor the instance.
func TestAFunctionThatPanicsIsAnErrorOfTheScript(t *testing.T) {
	functions := map[string]func(context.Context, []any) ([]any, error){
		"args":   func(_ context.Context, args []any) ([]any, error) { return []any{args[0].(string)}, nil },
		"panics": func(context.Context, []any) ([]any, error) { panic(errDisk) },
		"typed":  func(context.Context, []any) ([]any, error) { var none *broken; return nil, none },
		"raise":  func(context.Context, []any) ([]any, error) { var none *Raise; return nil, none },
	}
	for _, make := range []func(func(context.Context, []any) ([]any, error)) Function{Sync, Async, Either} {
		offered := map[string]Function{}
		for name, function := range functions {
			offered[name] = make(function)
		}
		instance := open(t, nil, Options{Functions: offered, Atomic: NotAtomic})
		for _, code := range []string{"host.args()", "host.args(1)", "host.panics()", "host.typed()", "host.raise()"} {
			_, err := instance.Compute(ctx, "_home.a = 1 "+code)
			var panicked *PanicError
			name, _, _ := strings.Cut(code, "(")
			if !errors.As(err, &panicked) || !errors.As(err, new(*LuaError)) || !strings.Contains(err.Error(), "compute:1: "+name+": it panicked: ") {
				t.Errorf("%s %s: %v", offered["args"].Mode, code, err)
			} else if !strings.Contains(string(panicked.Stack), "function_test.go") && name != "host.typed" && name != "host.raise" {
				t.Errorf("%s: the stack is\n%s", code, panicked.Stack)
			}
			if is := errors.Is(err, errDisk); is != (name == "host.panics") {
				t.Errorf("%s: %v", code, err)
			}
			if got := value(t, instance, "return pcall("+name+")"); got != false {
				t.Errorf("%s: %v", code, got)
			}
		}
		if got := value(t, instance, "return _home.a"); got != int64(1) {
			t.Errorf("the changes before the panic are lost: %v", got)
		}
		nothingWaits(t, instance)
	}
}

func TestTheErrorOfAFunctionIsTheCause(t *testing.T) {
	fails := func(context.Context, []any) ([]any, error) { return nil, fmt.Errorf("on %w", errDisk) }
	raises := func(context.Context, []any) ([]any, error) {
		return nil, fmt.Errorf("%w: %w", errDisk, &Raise{map[string]any{"code": 7, "list": []int{1, 2}}})
	}
	instance := open(t, nil, Options{Functions: map[string]Function{
		"sync": Sync(fails), "async": Async(fails), "raises": Sync(raises), "raises_later": Async(raises),
		"empty": Sync(func(context.Context, []any) ([]any, error) { return nil, &broken{} }),
	}})
	for code, is := range map[string]bool{
		"host.sync()":                              true,
		"host.async()":                             true,
		"host.raises()":                            true,
		"host.raises_later()":                      true,
		"pcall(host.sync) error('mine')":           false,
		"pcall(host.async) error('mine')":          false,
		"pcall(host.raises) error({ code = 8 })":   false,
		"pcall(host.raises) error('mine')":         false,
		"local _, e = pcall(host.sync) error(e)":   true,
		"local _, e = pcall(host.raises) error(e)": true,
		"error('on the disk is full')":             false,
	} {
		if _, err := instance.Compute(ctx, code); err == nil || errors.Is(err, errDisk) != is {
			t.Errorf("%s: %v", code, err)
		}
	}
	// Every message ends with no text.
	if _, err := instance.Compute(ctx, "pcall(host.empty) error('mine')"); err == nil || errors.As(err, new(*broken)) {
		t.Error(err)
	}
}

// An error says in the script whose it is, whether the function answers at once or later, in a goroutine or by the program; a *Raise is its value.
func TestAnErrorNamesItsFunction(t *testing.T) {
	fails := func(context.Context, []any) ([]any, error) { return nil, errDisk }
	instance := open(t, nil, Options{Functions: map[string]Function{
		"a.sync": Sync(fails), "async": Async(fails), "ask": Async(nil),
		"either": Either(func(ctx context.Context, args []any) ([]any, error) {
			return nil, Later(func(ctx context.Context) ([]any, error) { return fails(ctx, nil) })
		}),
		"raises": Sync(func(context.Context, []any) ([]any, error) { return nil, &Raise{"as it is"} }),
	}})
	for name, want := range map[string]string{
		"a.sync": "host.a.sync: " + errDisk.Error(), "async": "host.async: " + errDisk.Error(), "either": "host.either: " + errDisk.Error(), "raises": "as it is",
	} {
		if got := value(t, instance, "return select(2, pcall(host."+name+"))"); got != want {
			t.Errorf("%v, not %q", got, want)
		}
	}
	for raised, want := range map[error]string{errDisk: "host.ask: " + errDisk.Error(), &Raise{"as it is"}: "as it is"} {
		_, waiting, err := instance.Start(ctx, "return select(2, pcall(host.ask))")
		if err != nil {
			t.Fatal(err)
		}
		if response, _, err := waiting.Raise(ctx, raised); err != nil || response.Value() != want {
			t.Errorf("%v %v, not %q", response, err, want)
		}
	}
}

// A script that may not wait where it calls an Either function gets an error; what it waits for then is another function's answer.
func TestAnAnswerForLaterIsOfItsOwnFunction(t *testing.T) {
	instance := open(t, nil, Options{Functions: map[string]Function{
		"either": Either(func(context.Context, []any) ([]any, error) {
			return nil, Later(func(context.Context) ([]any, error) { return []any{"of either"}, nil })
		}),
		"async": Async(func(context.Context, []any) ([]any, error) { return []any{"of async"}, nil }),
	}})
	if got := value(t, instance, "pcall(string.gsub, 'x', 'x', function() host.either() end) return host.async()"); got != "of async" {
		t.Error(got)
	}
}

func TestAWaitingThatIsMisusedWaitsOn(t *testing.T) {
	instance := open(t, nil, Options{Functions: map[string]Function{"ask": Async(nil)}})
	_, waiting, err := instance.Start(ctx, "return host.ask()")
	if err != nil {
		t.Fatal(err)
	}
	if response, _, err := waiting.Raise(ctx, nil); !errors.As(err, new(*EncodeError)) {
		t.Errorf("raising no error went on: %v, %v", response, err)
	}
	if other, err := waiting.With(Options{Atomic: "sometimes"}); other != nil || err == nil {
		t.Errorf("%v, %v", other, err)
	}
	response, _, err := waiting.Resume(ctx, 1)
	if err != nil || response.Value() != int64(1) {
		t.Error(response, err)
	}
}
