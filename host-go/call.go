package cu

import (
	"encoding/binary"
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
func (call Call) Encode() (record string, err error) {
	defer recovered(&err)
	if len(call.Args) > CallArguments {
		unencodable("%d arguments; a call has %d at most", len(call.Args), CallArguments)
	}
	var flags byte
	if call.Content {
		flags = CallContent
	}
	to := appendWay(append([]byte(CallSignature), CallVersion, flags), call.Way)
	for _, argument := range call.Args {
		if way, ok := argument.(Way); ok {
			to = appendWay(append(to, CallWay), string(way))
		} else {
			to = appendValue(append(to, CallValue), argument, 0)
		}
	}
	return string(to), nil
}

func appendWay(to []byte, way string) []byte {
	if at := emptyName(way); at >= 0 {
		unencodable("the way %q has an empty name at byte %d", way, at)
	}
	return appendBlock(to, way)
}

// emptyName returns where a name of a way is empty; -1 if none is.
func emptyName(way string) int {
	at := 0
	for name := range strings.SplitSeq(way, ".") {
		if name == "" {
			return at
		}
		at += len(name) + 1
	}
	return -1
}

// DecodeCall reads a call record.
func DecodeCall(record []byte) (call Call, err error) {
	defer recovered(&err)
	r := reader{bytes: record, sent: true}
	for at, letter := range []byte(CallSignature) {
		if r.take(1)[0] != letter {
			malformed(at, "no call record begins like this")
		}
	}
	if version := r.take(1)[0]; version != CallVersion {
		malformed(3, "a call record of version %d; this host knows %d", version, CallVersion)
	}
	flags := r.take(1)[0]
	if flags&^CallContent != 0 {
		malformed(4, "unknown flags: %#02x", flags)
	}
	call = Call{Content: flags == CallContent, Way: r.way()}
	for r.at < len(record) {
		call.Args = append(call.Args, r.argument(len(call.Args)))
	}
	return call, nil
}

func (r *reader) argument(before int) any {
	at := r.at
	form := r.take(1)[0]
	switch {
	case before == CallArguments:
		malformed(at, "more than %d arguments", CallArguments)
	case form == CallValue:
		return r.value()
	case form == CallWay:
		return Way(r.way())
	}
	malformed(at, "an argument is neither a value nor a way, but %#02x", form)
	return nil
}

func (r *reader) way() string {
	at := r.at
	way := string(r.block())
	if empty := emptyName(way); empty >= 0 {
		malformed(at+4+empty, "a name of a way is empty")
	}
	return way
}

// answerRecord goes on with a compute that waits: an answer, or AnswerCancel alone.
func answerRecord(ticket int64, answer []byte) string {
	head := binary.LittleEndian.AppendUint64([]byte(CallSignature+"\x01\x02"), uint64(ticket))
	return string(append(head, answer...))
}
