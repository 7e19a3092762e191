package cu

import _ "unsafe" // for go:linkname

// interpreterFrames is how many calls wazero's interpreter nests before it traps. It has no option for that, and its 2,000 are fewer
// than the module takes for the 200 nested calls of C that it permits (../abi/README.md, "What an engine needs"); its frames grow on
// Go's heap and stack, so that more cost nothing. A test runs the deepest scripts.
//
//go:linkname interpreterFrames github.com/tetratelabs/wazero/internal/engine/interpreter.callStackCeiling
var interpreterFrames int

func init() { interpreterFrames = max(interpreterFrames, 20_000) }
