package cu

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// A Way names a function or a table as scripts do, such as "_home.orders". As an argument of a call it stands for what is there.
type Way string

// A Call is one of a function that is there already, by its way.
type Call struct {
	Way string
	// Args are values or Ways.
	Args []any
	// Content asks for tables of the store in the results by their content.
	Content bool
}

// Encode returns the record, which is computed in the place of source.
func (call Call) Encode() (string, error) {
	record, err := call.append(nil)
	return string(record), err
}

func (call Call) append(to []byte) ([]byte, error) {
	if len(call.Args) > CallArguments {
		return nil, unencodable("%d arguments; a call has %d at most", len(call.Args), CallArguments)
	}
	var flags byte
	if call.Content {
		flags = CallContent
	}
	to, err := appendWay(append(append(to, CallSignature...), CallVersion, flags), call.Way)
	for at := 0; at < len(call.Args) && err == nil; at++ {
		if way, ok := call.Args[at].(Way); ok {
			to, err = appendWay(append(to, CallWay), string(way))
		} else {
			to, err = appendValue(append(to, CallValue), call.Args[at], 0)
		}
	}
	return to, err
}

func appendWay(to []byte, way string) ([]byte, error) {
	if at := emptyName(way); at >= 0 {
		return nil, unencodable("the way %q has an empty name at byte %d", way, at)
	}
	return appendBlock(to, way)
}

// emptyName returns where a name of a way is empty; -1 if none is.
func emptyName(way string) int {
	at := 0
	for _, name := range strings.Split(way, ".") {
		if name == "" {
			return at
		}
		at += len(name) + 1
	}
	return -1
}

// DecodeCall reads a call record.
func DecodeCall(record []byte) (Call, error) {
	r := reader{bytes: record, sent: true}
	for at, letter := range []byte(CallSignature) {
		if got, err := r.take(1); err != nil {
			return Call{}, err
		} else if got[0] != letter {
			return Call{}, r.malformed(at, "no call record begins like this")
		}
	}
	head, err := r.take(1)
	if err == nil && head[0] != CallVersion {
		err = r.malformed(3, fmt.Sprintf("a call record of version %d; this host knows %d", head[0], CallVersion))
	}
	if err != nil {
		return Call{}, err
	}
	if head, err = r.take(1); err == nil && head[0]&^CallContent != 0 {
		err = r.malformed(4, fmt.Sprintf("unknown flags: %#02x", head[0]))
	}
	if err != nil {
		return Call{}, err
	}
	call := Call{Content: head[0] == CallContent}
	if call.Way, err = r.way(); err != nil {
		return Call{}, err
	}
	for r.at < len(record) {
		argument, err := r.argument(len(call.Args))
		if err != nil {
			return Call{}, err
		}
		call.Args = append(call.Args, argument)
	}
	return call, nil
}

func (r *reader) argument(before int) (any, error) {
	at := r.at
	form, err := r.take(1)
	switch {
	case err != nil:
		return nil, err
	case before == CallArguments:
		return nil, r.malformed(at, fmt.Sprintf("more than %d arguments", CallArguments))
	case form[0] == CallValue:
		return r.value()
	case form[0] == CallWay:
		way, err := r.way()
		return Way(way), err
	}
	return nil, r.malformed(at, fmt.Sprintf("an argument is neither a value nor a way, but %#02x", form[0]))
}

func (r *reader) way() (string, error) {
	at := r.at
	way, err := r.block()
	if err != nil {
		return "", err
	}
	if empty := emptyName(string(way)); empty >= 0 {
		return "", r.malformed(at+4+empty, "a name of a way is empty")
	}
	return string(way), nil
}

// appendAnswer writes what a function of the host answers.
func appendAnswer(to []byte, results []any, err error) ([]byte, error) {
	if err != nil {
		return appendValue(append(to, AnswerError), raised(err), 0)
	}
	if len(results) > FunctionResults {
		return nil, unencodable("%d results; a function has %d at most", len(results), FunctionResults)
	}
	to = append(to, AnswerResults)
	for _, result := range results {
		if to, err = appendValue(to, result, 0); err != nil {
			return nil, err
		}
	}
	return to, nil
}

// answerRecord goes on with a compute that waits: an answer, or AnswerCancel alone.
func answerRecord(ticket int64, answer []byte) string {
	head := binary.LittleEndian.AppendUint64([]byte(CallSignature+"\x01\x02"), uint64(ticket))
	return string(append(head, answer...))
}
