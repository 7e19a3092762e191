package cu

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"unicode/utf8"
)

// Info is what the file of the module says of itself.
type Info struct {
	Version  string   // of cu, from which it was built
	ABI      uint64   // the version of the contract, which is this host's
	Features []string // what is built in
	Flags    []string // of builds that are not for use
}

// ReadInfo reads the section "cu" of a module's bytes, and refuses another version of the contract with a *VersionError, and
// what is no module of any with a *ModuleError.
func ReadInfo(wasm []byte) (Info, error) {
	sections, err := sections(wasm)
	if err != nil {
		return Info{}, err
	}
	switch len(sections) {
	case 1:
		return parseInfo(sections[0])
	case 0:
		return Info{}, &ModuleError{fmt.Sprintf("it has no section '%s', in which it says its version; this host speaks version %d of the contract",
			Section, ABIVersion), nil}
	}
	return Info{}, &ModuleError{fmt.Sprintf("it has %d sections '%s'", len(sections), Section), nil}
}

// sections returns the contents of all custom sections of that name. The engine checks the rest of the file.
func sections(wasm []byte) (found [][]byte, err error) {
	rest, ok := bytes.CutPrefix(wasm, []byte("\x00asm\x01\x00\x00\x00"))
	if !ok {
		return nil, &ModuleError{"it is no WebAssembly of version 1", nil}
	}
	for len(rest) > 0 {
		kind := rest[0]
		content, after, ok := prefixed(rest[1:])
		if !ok {
			return nil, &ModuleError{fmt.Sprintf("its section at byte %d is cut off", len(wasm)-len(rest)), nil}
		}
		if name, custom, ok := prefixed(content); kind == 0 && ok && string(name) == Section {
			found = append(found, custom)
		}
		rest = after
	}
	return found, nil
}

// prefixed splits off what a length in LEB128 counts.
func prefixed(encoded []byte) (content, rest []byte, ok bool) {
	length, size := binary.Uvarint(encoded)
	if size <= 0 || length > uint64(len(encoded)-size) {
		return nil, nil, false
	}
	return encoded[size:][:length], encoded[size:][length:], true
}

func parseInfo(content []byte) (Info, error) {
	damaged := func(problem string) (Info, error) {
		return Info{}, &ModuleError{fmt.Sprintf("its section '%s' %s", Section, problem), nil}
	}
	if !utf8.Valid(content) || !json.Valid(content) {
		return damaged("is no JSON")
	}
	var fields map[string]any
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	if decoder.Decode(&fields) != nil || fields == nil {
		return damaged("is no object")
	}
	number, _ := fields["abi"].(json.Number)
	abi, err := number.Float64()
	if err != nil || abi != math.Trunc(abi) || abi < 0 || abi > 1<<53-1 {
		return damaged("has no version of the contract, 'abi'")
	}
	// The version comes first: in another one the other fields may differ.
	if abi != ABIVersion {
		return Info{}, &VersionError{Host: ABIVersion, Module: uint64(abi)}
	}
	version, ok := fields["version"].(string)
	if !ok {
		return damaged("has no text 'version'")
	}
	features, ok := texts(fields["features"])
	if !ok {
		return damaged("has no list of texts 'features'")
	}
	var flags []string
	if given, there := fields["flags"]; there {
		if flags, ok = texts(given); !ok {
			return damaged("has 'flags' that are no list of texts")
		}
	}
	return Info{Version: version, ABI: ABIVersion, Features: features, Flags: flags}, nil
}

func texts(value any) ([]string, bool) {
	list, ok := value.([]any)
	texts := make([]string, len(list))
	for at, item := range list {
		if texts[at], ok = item.(string); !ok {
			return nil, false
		}
	}
	return texts, ok
}
