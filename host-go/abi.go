// Code generated: Printed by abi/src/bin/mirror.rs from the crate abi: run `make mirrors`, do not edit. DO NOT EDIT.

package cu

const (
	ABIVersion       = 1
	IOBufferBytes    = 65536
	ArenaBytes       = 2097152
	OutputKeptBytes  = 64512
	OutputEventBytes = 4000
	ValueDepth       = 128
	KeyBytes         = 4096
	FunctionBytes    = 102400
	CompressionBytes = 1024
	Instructions     = 9007199254740992
	PermissionsBytes = 4096
	Guards           = 64
	ConfigBytes      = 16384
	MemoryStatsBytes = 12
	TableControl     = 0
	TableHome        = 1
	TableIO          = 2
	TableSystemFirst = 2147483648
	TableHostFirst   = 4278190080
	TagNil           = 0
	TagBoolean       = 1
	TagInteger       = 2
	TagFloat         = 3
	TagString        = 4
	TagFunction      = 5
	TagLibrary       = 6
	TagExternal      = 7
	TagCompressed    = 8
	TagTable         = 9
	TagSpilled       = 10
	TagBigInteger    = 11
	OK               = 0
	InitFailed       = -1
	Absent           = -1
	RateExceeded     = -429
	Section          = "cu"
	KeyConfig        = "config"
	KeyNow           = "now"
	KeyEvent         = "event"
	KeyResult        = "\x01result\x00"
	ImportModule     = "env"
	MemoryExport     = "memory"
)

// ErrorClasses are the values of the field class of an error event.
var ErrorClasses = []string{"syntax", "runtime", "memory", "handler", "result", "state", "input", "config", "internal", "budget", "journal"}
