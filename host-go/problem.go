package cu

import "fmt"

// A problem is the panic of what is wrong within the core: a codec, an import, a call of the module. Its entries make an error of it.
type problem struct{ error }

func failIf(err error) {
	if err != nil {
		panic(problem{err})
	}
}

func recovered(err *error) {
	switch found := recover().(type) {
	case nil:
	case problem:
		*err = found.error
	default:
		panic(found)
	}
}

func malformed(at int, format string, words ...any) {
	failIf(&MalformedError{Offset: at, Problem: fmt.Sprintf(format, words...)})
}

// sound is about encoded bytes.
func sound(holds bool, at int, format string, words ...any) {
	if !holds {
		malformed(at, format, words...)
	}
}

func unencodable(format string, words ...any) {
	failIf(&EncodeError{fmt.Sprintf(format, words...)})
}

// require refuses a module.
func require(holds bool, format string, words ...any) {
	if !holds {
		failIf(&ModuleError{fmt.Errorf(format, words...)})
	}
}

// agreed is about an answer of the module.
func agreed(holds bool, format string, words ...any) {
	if !holds {
		failIf(&ProtocolError{fmt.Sprintf(format, words...)})
	}
}
