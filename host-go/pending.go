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
	response, pending, err := i.Start(ctx, code)
	for pending != nil && err == nil {
		response, pending, err = pending.wait(ctx)
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
	response, pending, _, err := i.run(ctx, code, ends)
	return response, pending, err
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

// Resume goes on with these results of the function.
func (p *Waiting) Resume(ctx context.Context, results ...any) (*Response, *Waiting, error) {
	return p.goOn(ctx, results, nil)
}

// Raise goes on with an error at the call: of err's text, or of the value of a *Raise.
func (p *Waiting) Raise(ctx context.Context, err error) (*Response, *Waiting, error) {
	return p.goOn(ctx, nil, err)
}

func (p *Waiting) goOn(ctx context.Context, results []any, err error) (*Response, *Waiting, error) {
	answer, err := encodeAnswer(nil, results, err)
	if err != nil {
		return nil, nil, err
	}
	response, pending, _, err := p.instance.run(ctx, answerRecord(p.Ticket, answer), p.ends)
	return response, pending, err
}

// Cancel ends the compute: its <close> variables are closed.
func (p *Waiting) Cancel(ctx context.Context) (*Response, error) {
	response, _, err := p.cancel(ctx)
	return response, err
}

// cancel says, too, whether the compute still waits because it could not be told.
func (p *Waiting) cancel(ctx context.Context) (*Response, bool, error) {
	response, _, done, err := p.instance.run(ctx, answerRecord(p.Ticket, []byte{AnswerCancel}), time.Time{})
	return response, !done, err
}

// An outcome is what a function came to.
type outcome struct {
	results  []any
	err      error
	panicked any
}

// wait runs the function, and goes on with its answer. Whatever happens, the compute does not wait for ever.
func (p *Waiting) wait(ctx context.Context) (*Response, *Waiting, error) {
	if p.answer == nil {
		return p.finish(ctx, outcome{err: fmt.Errorf("%s.%s: nobody answers it here", FunctionLibrary, p.Name)})
	}
	waiting, cancel := context.WithCancel(ctx)
	if !p.ends.IsZero() {
		waiting, cancel = context.WithDeadlineCause(ctx, p.ends, &timeError{p.instance.settings.options.TimeLimit})
	}
	defer cancel()
	answers := make(chan outcome, 1)
	go func() {
		var o outcome
		ended := false
		defer func() {
			if !ended {
				o.panicked = recover()
				if o.panicked == nil {
					o.err = errors.New("its goroutine ended")
				}
			}
			answers <- o
		}()
		o.results, o.err = p.answer(waiting, p.Args)
		ended = true
	}()
	select {
	case o := <-answers:
		if o.panicked != nil {
			p.abandon(ctx)
			panic(o.panicked)
		}
		return p.finish(ctx, o)
	case <-waiting.Done():
		p.abandon(ctx)
		cause := context.Cause(waiting)
		message := fmt.Sprintf("interrupted while it waited for %s.%s: %v", FunctionLibrary, p.Name, cause)
		return nil, nil, &LuaError{Class: ClassInterrupted, Message: message, Text: message, Cause: cause}
	}
}

// finish goes on with the answer. Where that is not possible, nobody else will.
func (p *Waiting) finish(ctx context.Context, o outcome) (*Response, *Waiting, error) {
	answer := answerOf(nil, p.Name, o.results, o.err)
	response, pending, done, err := p.instance.run(ctx, answerRecord(p.Ticket, answer), p.ends)
	if !done {
		p.abandon(ctx)
	}
	return response, pending, err
}

// abandon cancels the compute, now or as soon as the instance can be told.
func (p *Waiting) abandon(ctx context.Context) {
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closingTime)
	defer cancel()
	if _, waits, _ := p.cancel(closing); waits {
		p.instance.vm.abandon(p)
	}
}

func (v *vm) abandon(p *Waiting) {
	v.abandonedLock.Lock()
	defer v.abandonedLock.Unlock()
	v.abandoned = append(v.abandoned, p)
}

// cancelAbandoned tells the module of computes that nobody resumes; those of which it cannot be told yet stay.
func (v *vm) cancelAbandoned(ctx context.Context) {
	v.abandonedLock.Lock()
	abandoned := v.abandoned
	v.abandoned = nil
	v.abandonedLock.Unlock()
	for _, p := range abandoned {
		if _, waits, err := p.cancel(ctx); waits && !errors.Is(err, ErrOver) {
			v.abandon(p)
		}
	}
}
