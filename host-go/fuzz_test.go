package cu

import (
	"bytes"
	"testing"
)

// A decoder reads any bytes: what it takes, it writes so that they are read as the same; what it refuses is in them.
func FuzzDecode(f *testing.F) {
	var values []struct{ Bytes string }
	vectors(f, "values.json", &values)
	var malformed []struct{ Bytes string }
	vectors(f, "malformed.json", &malformed)
	for _, v := range append(values, malformed...) {
		f.Add(unhex(f, v.Bytes))
	}
	f.Add([]byte("\x08\x06\x00\x00\x00\x08\x00\x00\x00\x01\x06\x00\xf9\xff\x04\x01\x00\x00\x00x"))
	f.Fuzz(func(t *testing.T, encoded []byte) {
		decoded, err := Decode(encoded)
		if err != nil {
			if at := offset(err); at < 0 || at > len(encoded) {
				t.Fatalf("%v of %d bytes", err, len(encoded))
			}
			return
		}
		again, err := Encode(decoded)
		if err != nil {
			t.Fatalf("%v: %v", decoded, err)
		}
		// Pairs whose value is nil are not written.
		twice, err := Decode(again)
		if err != nil {
			t.Fatalf("%x: %v", again, err)
		}
		if third, err := Encode(twice); err != nil || !bytes.Equal(again, third) {
			t.Fatalf("%x and %x, %v", again, third, err)
		}
	})
}

func FuzzDecodeKey(f *testing.F) {
	var keys struct{ Accepted, Refused []struct{ Bytes string } }
	vectors(f, "keys.json", &keys)
	for _, v := range append(keys.Accepted, keys.Refused...) {
		f.Add(unhex(f, v.Bytes))
	}
	f.Fuzz(func(t *testing.T, encoded []byte) {
		key, err := DecodeKey(encoded)
		if err != nil {
			return
		}
		if again, err := EncodeKey(key); err != nil || !bytes.Equal(again, encoded) {
			t.Fatalf("%v is encoded as %x, %v", key, again, err)
		}
	})
}

func FuzzDecodeCall(f *testing.F) {
	var calls struct{ Accepted, Refused []struct{ Bytes string } }
	vectors(f, "calls.json", &calls)
	for _, v := range append(calls.Accepted, calls.Refused...) {
		f.Add(unhex(f, v.Bytes))
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		call, err := DecodeCall(record)
		if err != nil {
			if at := offset(err); at < 0 || at > len(record) {
				t.Fatalf("%v of %d bytes", err, len(record))
			}
			return
		}
		if again, err := call.Encode(); err != nil {
			t.Fatal(err)
		} else if twice, err := DecodeCall([]byte(again)); err != nil || len(twice.Args) != len(call.Args) || twice.Way != call.Way {
			t.Fatalf("%v became %v, %v", call, twice, err)
		}
	})
}

func FuzzReadInfo(f *testing.F) {
	f.Add(newFake().wasm())
	f.Fuzz(func(t *testing.T, file []byte) {
		if info, err := ReadInfo(file); err == nil && info.ABI != ABIVersion {
			t.Fatalf("%+v", info)
		}
	})
}
