package cu_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"cu"
)

// open is what the examples begin with: in a program, the file is read where it starts, or embedded by it.
func open(options cu.Options) (context.Context, *cu.Instance) {
	ctx := context.Background()
	wasm, err := os.ReadFile("../dist/cu.wasm")
	if err != nil {
		panic(err)
	}
	module, err := cu.Open(ctx, wasm, cu.Engine{CacheDir: "../target/go-cache"})
	if err != nil {
		panic(err)
	}
	instance, err := module.New(ctx, nil, options)
	if err != nil {
		panic(err)
	}
	return ctx, instance
}

func Example() {
	ctx, instance := open(cu.Options{Instructions: 10_000_000})
	response, err := instance.Compute(ctx, "print('hello') return 6 * 7, { name = 'cu' }")
	if err != nil {
		panic(err)
	}
	fmt.Printf("%q %v %v\n", response.Output, response.Value(), response.Values[1].(cu.Table).Get("name"))
	// Output: "hello\n" 42 cu
}

func ExampleInstance_Call() {
	ctx, instance := open(cu.Options{})
	_, err := instance.Compute(ctx, `_home.orders = { { sum = 30 }, { sum = 12 } }
		function _home.total(orders, discount)
			local sum = 0
			for _, order in ipairs(orders) do sum = sum + order.sum end
			return sum - discount
		end`)
	if err != nil {
		panic(err)
	}
	byWay, err := instance.Call(ctx, "_home.total", cu.Way("_home.orders"), 2)
	if err != nil {
		panic(err)
	}
	byValue, err := instance.Call(ctx, "_home.total", []map[string]int{{"sum": 5}}, 2)
	if err != nil {
		panic(err)
	}
	fmt.Println(byWay.Value(), byValue.Value())
	// Output: 40 3
}

func ExampleLuaError() {
	ctx, instance := open(cu.Options{})
	_, err := instance.Compute(ctx, "local user\n\nreturn user.name")
	var failed *cu.LuaError
	if errors.As(err, &failed) {
		fmt.Println(failed.Class, failed.Chunk, failed.Line)
		fmt.Println(failed.Message)
	}
	// Output:
	// runtime compute 3
	// compute:3: attempt to index a nil value (local 'user')
}

func ExampleInstance_Compute_timeLimit() {
	ctx, instance := open(cu.Options{})
	soon, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	_, err := instance.Compute(soon, "while true do pcall(error) end")
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	response, err := instance.Compute(ctx, "return 'the instance goes on'")
	fmt.Println(response.Value(), err)
	// Output:
	// true
	// the instance goes on <nil>
}

func ExampleAsync() {
	ctx, instance := open(cu.Options{Functions: map[string]cu.Function{
		"price": cu.Async(func(ctx context.Context, args []any) ([]any, error) {
			price, err := cu.Arg[int](args, 0)
			if err != nil {
				return nil, err // the script's: "bad argument #1 (int expected, got no value)"
			}
			select { // a request, say
			case <-time.After(time.Millisecond):
				return []any{price * 3}, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}),
	}})
	response, err := instance.Compute(ctx, "return host.price(1) + host.price(2)")
	fmt.Println(response.Value(), err)
	// Output: 9 <nil>
}

func ExampleInstance_Start() {
	ctx, instance := open(cu.Options{Functions: map[string]cu.Function{"ask": cu.Async(nil)}})
	_, waiting, err := instance.Start(ctx, "return 'Hello ' .. host.ask('Who?')")
	if err != nil {
		panic(err)
	}
	fmt.Println(waiting.Name, waiting.Args)
	response, _, err := waiting.Resume(ctx, "Ada")
	fmt.Println(response.Value(), err)
	// Output:
	// ask [Who?]
	// Hello Ada <nil>
}

func ExampleShared() {
	ctx, one := open(cu.Options{})
	_ = one.Close(ctx)
	wasm, _ := os.ReadFile("../dist/cu.wasm")
	module, err := cu.Open(ctx, wasm, cu.Engine{CacheDir: "../target/go-cache"})
	if err != nil {
		panic(err)
	}
	defer module.Close(ctx)
	store := cu.Share(cu.NewMemoryStore())
	first, _ := module.New(ctx, store, cu.Options{})
	second, _ := module.New(ctx, store, cu.Options{})
	if _, err := first.Compute(ctx, "local n = 0 function _home.count() n = n + 1 return n end"); err != nil {
		panic(err)
	}
	for _, instance := range []*cu.Instance{first, second, first} {
		response, err := instance.Call(ctx, "_home.count")
		if err != nil {
			panic(err)
		}
		fmt.Println(response.Value())
	}
	// Output:
	// 1
	// 2
	// 3
}

func ExampleShared_InTurn() {
	ctx, instance := open(cu.Options{})
	store := instance.Shared()
	err := store.InTurn(ctx, func(ctx context.Context) error {
		if err := store.SetIO(ctx, "input", map[string]any{"name": "Ada"}); err != nil {
			return err
		}
		if _, err := instance.Compute(ctx, "_io.output = 'Hello ' .. _io.input.name"); err != nil {
			return err
		}
		output, err := store.IO(ctx, "output")
		fmt.Println(output)
		return errors.Join(err, store.ClearIO(ctx))
	})
	fmt.Println(err)
	// Output:
	// Hello Ada
	// <nil>
}

func ExampleInstance_Transaction() {
	ctx, instance := open(cu.Options{})
	_, _ = instance.Compute(ctx, "_home.ada, _home.bob = 10, 0")
	err := instance.Transaction(ctx, func(ctx context.Context, part *cu.Instance) error {
		if _, err := part.Compute(ctx, "_home.ada = _home.ada - 3"); err != nil {
			return err
		}
		return errors.New("bob has no account")
	})
	response, _ := instance.Compute(ctx, "return _home.ada")
	fmt.Println(err, response.Value())
	// Output: bob has no account 10
}
