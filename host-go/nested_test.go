package cu

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// A function that runs a script in a new instance, which gives it its own text again: that took all memory, and ended the program.
func TestAScriptThatRunsItselfInNewInstancesIsAnError(t *testing.T) {
	for name, make := range map[string]func(func(context.Context, []any) ([]any, error)) Function{"sync": Sync, "async": Async} {
		depth := 0
		options := Options{}
		options.Functions = map[string]Function{"eval": make(func(ctx context.Context, args []any) ([]any, error) {
			if depth++; depth > 2*nestedCalls {
				return nil, errDisk
			}
			code, err := Arg[string](args, 0)
			if err != nil {
				return nil, err
			}
			instance, err := module.New(ctx, nil, options)
			if err != nil {
				return nil, err
			}
			defer instance.Close(context.WithoutCancel(ctx))
			response, err := instance.Compute(ctx, code)
			if err != nil {
				return nil, err
			}
			return response.Values, nil
		})}
		instance := open(t, nil, options)
		const source = "local source = %q return host.eval(string.format(source, source))"
		_, err := instance.Compute(ctx, fmt.Sprintf("local source = [[%s]] return host.eval(string.format(source, source))", source))
		if !errors.Is(err, ErrNested) || depth != nestedCalls {
			t.Errorf("%s: %d deep: %.200v", name, depth, err)
		}
		if got := value(t, instance, "return host.eval('return 1')"); got != int64(1) {
			t.Error(name, got)
		}
	}
}
