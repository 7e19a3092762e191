package cu

import "context"

// nestedCalls is how many calls of instances may run, or wait, each within a function that another one calls: a script that a function runs
// in an instance of its own may call that function again. Each takes some 3 MB and a piece of the stack, which Go ends the program for.
const nestedCalls = 32

type depthKey struct{}

// deeper returns the context of what a call calls, and ErrNested if that must not call any further one.
func deeper(ctx context.Context) (context.Context, error) {
	depth, _ := ctx.Value(depthKey{}).(int)
	if depth == nestedCalls {
		return ctx, ErrNested
	}
	return context.WithValue(ctx, depthKey{}, depth+1), nil
}
