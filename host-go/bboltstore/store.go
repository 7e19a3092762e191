// Package bboltstore keeps the tables of cu in a file of bbolt. Each unit is a transaction: after a kill, or a power cut, the file has
// whole calls.
//
// In the bucket "cu" each table is a bucket, named by its id with four bytes, the most significant first. The bucket's sequence is
// its number of keys; a table without keys has no bucket.
package bboltstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"go.etcd.io/bbolt"
)

var root = []byte("cu")

// lockTimeout is how long another process that has the file open is waited for.
const lockTimeout = 5 * time.Second

// A Store is a cu.Store over one file, which can roll back. Give it to cu.Share once; instances share that.
type Store struct {
	db      *bbolt.DB
	tx      *bbolt.Tx // the unit
	tables  *bbolt.Bucket
	buckets map[uint32]*bbolt.Bucket // of the unit, as they are used
	changed bool
	value   []byte // what Get handed out last
	// stuck is why bbolt cannot be used any more: it panicked with its locks.
	stuck error
}

// Open opens the file, and makes it if it is not there. Only one process at a time can have it open; another one is waited for, for five seconds.
func Open(file string) (*Store, error) {
	var opened *os.File
	options := &bbolt.Options{Timeout: lockTimeout, OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
		f, err = os.OpenFile(name, flag, mode)
		opened = f
		return f, err
	}}
	var db *bbolt.DB
	err := guarded(func() (err error) {
		db, err = bbolt.Open(file, 0o600, options)
		return err
	})
	if err == nil {
		if err = guarded(func() error { return db.View(checkPages) }); err != nil {
			err = errors.Join(err, guarded(db.Close))
		}
	} else if errors.Is(err, ErrDamaged) { // bbolt did not come so far as to close it
		unlock(opened)
		_ = opened.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("bboltstore: %s: %w", file, err)
	}
	return New(db), nil
}

// New is a store in a database that is open already, for other options, or with other buckets in it. The goroutine that has a
// transaction of its own that writes must not use the store: bbolt has one at a time.
func New(db *bbolt.DB) *Store { return &Store{db: db} }

// Close closes the file. What was not committed is not kept.
func (s *Store) Close() error {
	rolledBack := s.Rollback()
	if s.stuck != nil {
		return s.stuck // Close would wait for the locks
	}
	return errors.Join(rolledBack, guarded(s.db.Close))
}

// Begin implements cu.Units.
func (s *Store) Begin(context.Context) error {
	if s.stuck != nil {
		return s.stuck
	}
	if s.tx != nil {
		return errors.New("bboltstore: a unit has begun and not ended")
	}
	var tx *bbolt.Tx
	err := guarded(func() (err error) {
		tx, err = s.db.Begin(true)
		return err
	})
	if errors.Is(err, ErrDamaged) {
		s.stuck = err
	}
	if err != nil {
		return err
	}
	s.tx, s.buckets, s.changed = tx, map[uint32]*bbolt.Bucket{}, false
	err = guarded(func() (err error) {
		s.tables, err = tx.CreateBucketIfNotExists(root)
		return err
	})
	if err != nil {
		return errors.Join(err, s.Rollback())
	}
	return nil
}

// Commit implements cu.Units. A unit that changed nothing costs no write.
func (s *Store) Commit() error {
	if s.tx == nil || !s.changed {
		return s.Rollback()
	}
	err := guarded(s.tx.Commit)
	if errors.Is(err, ErrDamaged) {
		return errors.Join(err, s.Rollback())
	}
	s.tx, s.tables, s.buckets = nil, nil, nil
	return err
}

// Rollback implements cu.Units.
func (s *Store) Rollback() error {
	tx := s.tx
	s.tx, s.tables, s.buckets = nil, nil, nil
	if tx == nil {
		return nil
	}
	err := guarded(tx.Rollback)
	if errors.Is(err, ErrDamaged) {
		s.stuck = err
	}
	return err
}

// errNoUnit is of a use outside of Begin and Commit, which cu.Shared does not make.
var errNoUnit = errors.New("bboltstore: no unit has begun")

func name(table uint32) []byte { return binary.BigEndian.AppendUint32(nil, table) }

// in calls act with the bucket of a table, or nil.
func (s *Store) in(table uint32, act func(bucket *bbolt.Bucket) error) error {
	if s.tx == nil {
		return errNoUnit
	}
	return guarded(func() error {
		bucket, known := s.buckets[table]
		if !known {
			bucket = s.tables.Bucket(name(table))
			s.buckets[table] = bucket
		}
		return act(bucket)
	})
}

// Get implements cu.Store.
func (s *Store) Get(table uint32, key []byte) (value []byte, found bool, err error) {
	err = s.in(table, func(bucket *bbolt.Bucket) error {
		if bucket == nil {
			return nil
		}
		at, stored := bucket.Cursor().Seek(key)
		if found = at != nil && bytes.Equal(at, key); found {
			s.value = copied(s.value, stored)
			value = s.value
		}
		return nil
	})
	return value, found && err == nil, err
}

// Set implements cu.Store.
func (s *Store) Set(table uint32, key, value []byte) error {
	return s.in(table, func(bucket *bbolt.Bucket) (err error) {
		s.changed = true
		if bucket == nil {
			if bucket, err = s.tables.CreateBucket(name(table)); err != nil {
				return err
			}
			s.buckets[table] = bucket
		}
		if found, _ := bucket.Cursor().Seek(key); !bytes.Equal(found, key) {
			if err := bucket.SetSequence(bucket.Sequence() + 1); err != nil {
				return err
			}
		}
		// bbolt keeps the value itself until the commit, and the caller's is the module's memory.
		return bucket.Put(key, append([]byte{}, value...))
	})
}

// Delete implements cu.Store.
func (s *Store) Delete(table uint32, key []byte) error {
	return s.in(table, func(bucket *bbolt.Bucket) error {
		if bucket == nil {
			return nil
		}
		if found, _ := bucket.Cursor().Seek(key); found == nil || !bytes.Equal(found, key) {
			return nil
		}
		s.changed = true
		if bucket.Sequence() == 1 {
			delete(s.buckets, table)
			return s.tables.DeleteBucket(name(table))
		}
		if err := bucket.SetSequence(bucket.Sequence() - 1); err != nil {
			return err
		}
		return bucket.Delete(key)
	})
}

// Size implements cu.Store.
func (s *Store) Size(table uint32) (size int, err error) {
	err = s.in(table, func(bucket *bbolt.Bucket) error {
		if bucket != nil {
			size = int(bucket.Sequence())
		}
		return nil
	})
	return size, err
}

// Keys implements cu.Store.
func (s *Store) Keys(table uint32, after []byte, descending bool, yield func(key []byte) bool) error {
	var cursor *bbolt.Cursor
	var key []byte
	err := s.in(table, func(bucket *bbolt.Bucket) error {
		if bucket != nil {
			cursor = bucket.Cursor()
			key = copied(nil, first(cursor, after, descending))
		}
		return nil
	})
	for err == nil && key != nil && yield(key) {
		err = s.in(table, func(*bbolt.Bucket) error {
			step := cursor.Next
			if descending {
				step = cursor.Prev
			}
			next, _ := step()
			key = copied(key, next)
			return nil
		})
	}
	return err
}

// first moves the cursor to the first key behind after, or before it.
func first(cursor *bbolt.Cursor, after []byte, descending bool) (key []byte) {
	switch {
	case descending && len(after) == 0:
		key, _ = cursor.Last()
	case descending:
		if key, _ = cursor.Seek(after); key == nil {
			key, _ = cursor.Last()
		} else {
			key, _ = cursor.Prev()
		}
	case len(after) == 0:
		key, _ = cursor.First()
	default:
		if key, _ = cursor.Seek(after); bytes.Equal(key, after) {
			key, _ = cursor.Next()
		}
	}
	return key
}

// Tables implements cu.Lister.
func (s *Store) Tables(yield func(table uint32) bool) error {
	if s.tx == nil {
		return errNoUnit
	}
	var cursor *bbolt.Cursor
	var id []byte
	step := func() ([]byte, []byte) {
		cursor = s.tables.Cursor()
		return cursor.First()
	}
	for {
		err := guarded(func() error {
			key, _ := step()
			if id = copied(id, key); id != nil && len(id) != len(name(0)) {
				return fmt.Errorf("%w: %x in its bucket %q is no table", ErrDamaged, id, root)
			}
			return nil
		})
		if err != nil || id == nil || !yield(binary.BigEndian.Uint32(id)) {
			return err
		}
		step = cursor.Next
	}
}
