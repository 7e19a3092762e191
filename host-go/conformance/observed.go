package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cu"
)

// came writes what a compute came to.
func (s *session) came(label string, of *cu.Instance, run func() (*cu.Response, *cu.Waiting, error)) []forms {
	response, wait, err := run()
	var lua *cu.LuaError
	if errors.As(err, &lua) && lua.Waits {
		// its ticket is good for another answer
	} else if w, ok := s.waiting[label]; ok {
		w.until = false
		s.waiting[label] = w
	}
	if wait != nil {
		s.waiting[label] = waiting{wait, of, true}
		return append([]forms{hexForms("waits "+wait.Name, encodeAll(wait.Args))}, printed(wait.Output)...)
	}
	if err != nil {
		return []forms{failure(err)}
	}
	return append([]forms{hexForms("results", encodeAll(response.Values))}, printed(response.Output)...)
}

func printed(output string) []forms {
	if output == "" {
		return nil
	}
	f := textForms("output", strings.TrimSuffix(output, "\n"), "\n")
	if !strings.HasSuffix(output, "\n") {
		f = textForms("output", output, "")[1:]
	}
	return []forms{f}
}

func encodeAll(values []any) (encoded []byte) {
	for _, value := range values {
		one, err := cu.Encode(value)
		if err != nil {
			return []byte(err.Error())
		}
		encoded = append(encoded, one...)
	}
	return encoded
}

func failure(err error) forms {
	var host *cu.HostError
	var store *cu.StoreError
	var lua *cu.LuaError
	switch {
	case errors.As(err, &host) || errors.As(err, &store):
		return forms{"failed"}
	case errors.As(err, &lua):
		class := lua.Class
		if class == "" {
			class = "-"
		}
		return textForms("error "+class, lua.Text, "")
	}
	return forms{fmt.Sprintf("%T: %v", err, err)}
}

func (s *session) collect(ctx context.Context) ([]forms, error) {
	instance, err := s.current.With(s.optionsOf(s.current))
	if err != nil {
		return nil, err
	}
	return s.call(func() []forms {
		if err := instance.Collect(ctx); err != nil {
			return []forms{failure(err)}
		}
		return nil
	})
}

// dump is the whole store.
func (s *session) dump(ctx context.Context) ([]forms, error) {
	var rows []string
	err := s.shared.Update(ctx, func(cu.Store) error {
		var problems []error
		err := s.store.Tables(func(table uint32) bool {
			if table >= cu.TableHostFirst {
				return false
			}
			problems = append(problems, s.store.tables.Keys(table, nil, false, func(key []byte) bool {
				value, _, err := s.store.tables.Get(table, key)
				rows = append(rows, fmt.Sprintf("%d %s %s", table, toHex(key), toHex(value)))
				problems = append(problems, err)
				return true
			}))
			return true
		})
		return errors.Join(append(problems, err)...)
	})
	return []forms{linesForms("store", rows)}, err
}

func decode(encoded []byte) ([]forms, error) {
	value, err := cu.Decode(encoded)
	var malformed *cu.MalformedError
	if errors.As(err, &malformed) {
		return []forms{{fmt.Sprintf("malformed %d", malformed.Offset)}}, nil
	}
	if err != nil {
		return nil, err
	}
	again, err := cu.Encode(value)
	return []forms{hexForms("encodes", again)}, err
}

func key(encoded []byte) ([]forms, error) {
	key, err := cu.DecodeKey(encoded)
	if err != nil {
		return []forms{{"refused"}}, nil
	}
	again, err := cu.EncodeKey(key)
	if err != nil || !slices.Equal(again, encoded) {
		return []forms{{fmt.Sprintf("key encodes to %x: %v", again, err)}}, nil
	}
	value, err := cu.Encode(key)
	return []forms{hexForms("value", value)}, err
}
