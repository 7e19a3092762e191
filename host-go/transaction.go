package cu

import (
	"context"
	"errors"
	"slices"
)

// Transaction makes one transaction of several computes: those of part, which act makes with the context that it gets. If act returns an
// error or panics, all of them are undone, else all are kept. Each that fails is undone alone. Over any store; no other instance comes in
// between, and none of the computes may wait.
func (i *Instance) Transaction(ctx context.Context, act func(ctx context.Context, part *Instance) error) error {
	part, failed := i.inTransaction(TransactionOpen)
	commit, failedToo := i.inTransaction(TransactionCommit)
	rollback, failedAgain := i.inTransaction(TransactionRollback)
	if err := errors.Join(failed, failedToo, failedAgain); err != nil {
		return err
	}
	return i.vm.shared.InTurn(ctx, func(ctx context.Context) (err error) {
		ended := false
		defer func() {
			if !ended {
				_, undone := rollback.Compute(context.WithoutCancel(ctx), "")
				err = errors.Join(err, undone)
			}
		}()
		if err := act(ctx, part); err != nil {
			return err
		}
		_, err = commit.Compute(ctx, "")
		ended = err == nil
		return err
	})
}

func (i *Instance) inTransaction(word string) (*Instance, error) {
	options := i.Options()
	options.Config = append(slices.Clone(options.Config), Pair{ConfigTransaction, word})
	return i.With(options)
}
