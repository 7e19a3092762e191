package cu

import "context"

// Units is what a Store has, too, that can undo: the changes between Begin and Commit stay together or, after Rollback, do not. An
// instance makes each call of the module a unit. After a Commit that failed, the unit has ended.
type Units interface {
	Begin(ctx context.Context) error
	Commit() error
	Rollback() error
}

// A Lister is a Store that can say which tables have keys. Without it a collection asks for the size of every table that ever was.
type Lister interface {
	// Tables calls yield with their ids in ascending order, until that returns false.
	Tables(yield func(table uint32) bool) error
}
