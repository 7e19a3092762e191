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
}

// Open opens the file, and makes it if it is not there. Only one process at a time can have it open; another one is waited for, for five seconds.
func Open(file string) (*Store, error) {
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{Timeout: lockTimeout})
	if err != nil {
		return nil, fmt.Errorf("bboltstore: %s: %w", file, err)
	}
	return New(db), nil
}

// New is a store in a database that is open already, for other options, or with other buckets in it. The goroutine that has a
// transaction of its own that writes must not use the store: bbolt has one at a time.
func New(db *bbolt.DB) *Store { return &Store{db: db} }

// Close closes the file. What was not committed is not kept.
func (s *Store) Close() error { return errors.Join(s.Rollback(), s.db.Close()) }

// Begin implements cu.Units.
func (s *Store) Begin(context.Context) error {
	if s.tx != nil {
		return errors.New("bboltstore: a unit has begun and not ended")
	}
	tx, err := s.db.Begin(true)
	if err != nil {
		return err
	}
	tables, err := tx.CreateBucketIfNotExists(root)
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	s.tx, s.tables, s.buckets, s.changed = tx, tables, map[uint32]*bbolt.Bucket{}, false
	return nil
}

// Commit implements cu.Units. A unit that changed nothing costs no write.
func (s *Store) Commit() error {
	tx, changed := s.tx, s.changed
	if tx == nil || !changed {
		return s.Rollback()
	}
	s.tx, s.tables, s.buckets = nil, nil, nil
	return tx.Commit()
}

// Rollback implements cu.Units.
func (s *Store) Rollback() error {
	tx := s.tx
	s.tx, s.tables, s.buckets = nil, nil, nil
	if tx == nil {
		return nil
	}
	return tx.Rollback()
}

// errNoUnit is of a use outside of Begin and Commit, which cu.Shared does not make.
var errNoUnit = errors.New("bboltstore: no unit has begun")

func name(table uint32) []byte { return binary.BigEndian.AppendUint32(nil, table) }

// bucket is that of a table, or nil.
func (s *Store) bucket(table uint32) (*bbolt.Bucket, error) {
	if s.tx == nil {
		return nil, errNoUnit
	}
	bucket, known := s.buckets[table]
	if !known {
		bucket = s.tables.Bucket(name(table))
		s.buckets[table] = bucket
	}
	return bucket, nil
}

// Get implements cu.Store.
func (s *Store) Get(table uint32, key []byte) ([]byte, bool, error) {
	bucket, err := s.bucket(table)
	if bucket == nil || err != nil {
		return nil, false, err
	}
	found, value := bucket.Cursor().Seek(key)
	if !bytes.Equal(found, key) || found == nil {
		return nil, false, nil
	}
	return value, true, nil
}

// Set implements cu.Store.
func (s *Store) Set(table uint32, key, value []byte) error {
	bucket, err := s.bucket(table)
	if err != nil {
		return err
	}
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
}

// Delete implements cu.Store.
func (s *Store) Delete(table uint32, key []byte) error {
	bucket, err := s.bucket(table)
	if bucket == nil || err != nil {
		return err
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
}

// Size implements cu.Store.
func (s *Store) Size(table uint32) (int, error) {
	bucket, err := s.bucket(table)
	if bucket == nil || err != nil {
		return 0, err
	}
	return int(bucket.Sequence()), nil
}

// Keys implements cu.Store.
func (s *Store) Keys(table uint32, after []byte, descending bool, yield func(key []byte) bool) error {
	bucket, err := s.bucket(table)
	if bucket == nil || err != nil {
		return err
	}
	cursor := bucket.Cursor()
	next := cursor.Next
	var key []byte
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
	if descending {
		next = cursor.Prev
	}
	for key != nil && yield(key) {
		key, _ = next()
	}
	return nil
}

// Tables implements cu.Lister.
func (s *Store) Tables(yield func(table uint32) bool) error {
	if s.tx == nil {
		return errNoUnit
	}
	cursor := s.tables.Cursor()
	for key, _ := cursor.First(); key != nil; key, _ = cursor.Next() {
		if !yield(binary.BigEndian.Uint32(key)) {
			break
		}
	}
	return nil
}
