package cu

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// closingTime is how long what is cancelled has for its <close> variables.
const closingTime = time.Second

// Compute runs a Lua source, or the record of a Call, to its end. Where it calls an async function, that runs in a goroutine; meanwhile
// the instance serves other calls. If ctx ends, so does the script, with a *LuaError of the class ClassInterrupted, which is ctx's
// error, too; the instance lives on.
func (i *Instance) Compute(ctx context.Context, code string) (*Response, error) {
	response, waiting, err := i.Start(ctx, code)
	for waiting != nil && err == nil {
		response, waiting, err = waiting.wait(ctx)
	}
	return response, err
}

// Call calls a function that is there already by its way, such as "_home.orders.total". Arguments are values or Ways.
func (i *Instance) Call(ctx context.Context, way string, args ...any) (*Response, error) {
	return i.call(ctx, Call{Way: way, Args: args})
}

// CallContent is Call, with tables of the store in the results by their content.
func (i *Instance) CallContent(ctx context.Context, way string, args ...any) (*Response, error) {
	return i.call(ctx, Call{Way: way, Args: args, Content: true})
}

func (i *Instance) call(ctx context.Context, call Call) (*Response, error) {
	record, err := call.Encode()
	if err != nil {
		return nil, err
	}
	return i.Compute(ctx, record)
}

// Start runs a Lua source, or the record of a Call, to its end or until it waits: either the Response or the Waiting is not nil, or the error.
func (i *Instance) Start(ctx context.Context, code string) (*Response, *Waiting, error) {
	i.vm.cancelAbandoned(ctx)
	var ends time.Time
	if limit := i.settings.options.TimeLimit; limit > 0 {
		ends = time.Now().Add(limit)
	}
	response, waiting, _, err := i.run(ctx, code, ends, answer{})
	return response, waiting, err
}

// A Waiting is a compute that waits for a function of the host. It is resumed, made to raise an error, or cancelled, once; what then comes
// may be another Waiting. One that is dropped holds memory of the instance and its place among Options.Pending.
type Waiting struct {
	Name   string // of the function
	Args   []any
	Output string // what was printed since the compute began or went on
	Ticket int64  // which no other wait in the instance has

	instance *Instance
	answer   func(ctx context.Context, args []any) ([]any, error)
	ends     time.Time // by Options.TimeLimit
}

// With returns the same compute, to go on with other options.
func (w *Waiting) With(options Options) (*Waiting, error) {
	instance, err := w.instance.With(options)
	if err != nil {
		return nil, err
	}
	other := *w
	other.instance = instance
	return &other, nil
}

// Resume goes on with these results of the function.
func (w *Waiting) Resume(ctx context.Context, results ...any) (*Response, *Waiting, error) {
	a, err := encodeAnswer(results, nil)
	if err != nil {
		return nil, nil, err
	}
	return w.goOn(ctx, a)
}

// Raise goes on with an error at the call: `host.NAME: ` and err's text, or the value of a *Raise as it is.
func (w *Waiting) Raise(ctx context.Context, err error) (*Response, *Waiting, error) {
	if err == nil {
		return nil, nil, &EncodeError{"Raise of no error: the compute waits on; Resume goes on without one"}
	}
	if !errors.As(err, new(*Raise)) {
		return w.goOn(ctx, failed(w.Name, err))
	}
	a, err := encodeAnswer(nil, err)
	if err != nil {
		return nil, nil, err
	}
	return w.goOn(ctx, a)
}

func (w *Waiting) goOn(ctx context.Context, a answer) (*Response, *Waiting, error) {
	response, waiting, _, err := w.instance.run(ctx, answerRecord(w.Ticket, a.encoded), w.ends, a)
	return response, waiting, err
}

// Cancel ends the compute: its <close> variables are closed.
func (w *Waiting) Cancel(ctx context.Context) (*Response, error) {
	response, _, err := w.cancel(ctx)
	return response, err
}

// cancel says, too, whether the compute still waits because it could not be told.
func (w *Waiting) cancel(ctx context.Context) (*Response, bool, error) {
	response, _, done, err := w.instance.run(ctx, answerRecord(w.Ticket, []byte{AnswerCancel}), time.Time{}, answer{})
	return response, !done, err
}

// wait runs the function, and goes on with its answer. Whatever happens, the compute does not wait for ever.
func (w *Waiting) wait(ctx context.Context) (*Response, *Waiting, error) {
	if w.answer == nil {
		return w.finish(ctx, failed(w.Name, errors.New("nobody answers it here")))
	}
	inside, _ := deeper(ctx)
	until, cancel := context.WithCancel(inside)
	defer cancel()
	if !w.ends.IsZero() {
		until, cancel = context.WithDeadlineCause(until, w.ends, &timeError{w.instance.settings.options.TimeLimit})
		defer cancel()
	}
	answers := make(chan answer, 1)
	go func() {
		a := failed(w.Name, errors.New("its goroutine ended"))
		defer func() { answers <- a }()
		a = answerOf(w.Name, func() ([]any, error) { return w.answer(until, w.Args) })
	}()
	select {
	case a := <-answers:
		return w.finish(ctx, a)
	case <-until.Done():
		w.abandon(ctx)
		cause := context.Cause(until)
		message := fmt.Sprintf("interrupted while it waited for %s.%s: %v", FunctionLibrary, w.Name, cause)
		return nil, nil, &LuaError{Class: ClassInterrupted, Message: message, Text: message, Cause: cause}
	}
}

// finish goes on with the answer. Where that is not possible, nobody else will.
func (w *Waiting) finish(ctx context.Context, a answer) (*Response, *Waiting, error) {
	response, waiting, done, err := w.instance.run(ctx, answerRecord(w.Ticket, a.encoded), w.ends, a)
	if !done {
		w.abandon(ctx)
	}
	return response, waiting, err
}

// abandon cancels the compute, now or as soon as the instance can be told.
func (w *Waiting) abandon(ctx context.Context) {
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closingTime)
	defer cancel()
	if _, waits, _ := w.cancel(closing); waits {
		w.instance.vm.abandon(w)
	}
}

func (v *vm) abandon(w *Waiting) {
	v.abandonedLock.Lock()
	defer v.abandonedLock.Unlock()
	v.abandoned = append(v.abandoned, w)
}

// cancelAbandoned tells the module of computes that nobody resumes; those of which it cannot be told yet stay.
func (v *vm) cancelAbandoned(ctx context.Context) {
	v.abandonedLock.Lock()
	abandoned := v.abandoned
	v.abandoned = nil
	v.abandonedLock.Unlock()
	for _, w := range abandoned {
		if _, waits, err := w.cancel(ctx); waits && !errors.Is(err, ErrOver) {
			v.abandon(w)
		}
	}
}
