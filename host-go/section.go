package cu

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"unicode/utf8"
)

// describe reads the section "cu" of a module's bytes. It refuses another version of the contract with a *VersionError, and what is no
// module of any with a *ModuleError.
func describe(wasm []byte) map[string]any {
	rest, ok := bytes.CutPrefix(wasm, []byte("\x00asm\x01\x00\x00\x00"))
	require(ok, "it is no WebAssembly of version 1")
	var found [][]byte
	for len(rest) > 0 {
		content, after, ok := prefixed(rest[1:])
		require(ok, "its section at byte %d is cut off", len(wasm)-len(rest))
		// The engine checks the rest of the file.
		if name, custom, ok := prefixed(content); rest[0] == 0 && ok && string(name) == Section {
			found = append(found, custom)
		}
		rest = after
	}
	require(len(found) == 1, "it has %d sections '%s', in which a module says its version; this host speaks version %d of the contract",
		len(found), Section, ABIVersion)
	return parse(found[0])
}

// prefixed splits off what a length in LEB128 counts.
func prefixed(encoded []byte) (content, rest []byte, ok bool) {
	length, size := binary.Uvarint(encoded)
	if size <= 0 || length > uint64(len(encoded)-size) {
		return nil, nil, false
	}
	return encoded[size:][:length], encoded[size:][length:], true
}

// parse reads a description. The version comes first: in another one the other fields may differ.
func parse(content []byte) (fields map[string]any) {
	require(utf8.Valid(content) && json.Valid(content), "its section '%s' is no JSON", Section)
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	require(decoder.Decode(&fields) == nil && fields != nil, "its section '%s' is no object", Section)
	number, _ := fields["abi"].(json.Number)
	abi, err := number.Float64()
	require(err == nil && abi == math.Trunc(abi) && abi >= 0 && abi < 1<<53, "its section '%s' has no version of the contract, 'abi'", Section)
	if abi != ABIVersion {
		failIf(&VersionError{Host: ABIVersion, Module: uint64(abi)})
	}
	return fields
}
