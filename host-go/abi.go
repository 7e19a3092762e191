// Code generated: Printed by abi/src/bin/mirror.rs from the crate abi: run `make mirrors`, do not edit. DO NOT EDIT.

package cu

const (
	ABIVersion                 = 1
	IOBufferBytes              = 65536
	ArenaBytes                 = 2097152
	OutputKeptBytes            = 64512
	OutputEventBytes           = 4000
	ValueDepth                 = 128
	KeyBytes                   = 4096
	FunctionBytes              = 102400
	CompressionBytes           = 1024
	Instructions               = 9007199254740992
	PermissionsBytes           = 4096
	HomeNameBytes              = 255
	Guards                     = 64
	BatchOperations            = 10000
	CallArguments              = 250
	ConfigBytes                = 16384
	MemoryStatsBytes           = 12
	PageLeastBytes             = 512
	PageDescending             = 2147483648
	CallVersion                = 1
	CallContent                = 1
	CallValue                  = 0
	AnswerResults              = 0
	AnswerError                = 1
	AnswerLater                = 3
	AnswerCancel               = 2
	CallAnswer                 = 2
	PendingCallAt              = 9
	PendingAnswerAt            = 13
	Pending                    = 1000
	FunctionNameBytes          = 128
	FunctionResults            = 200
	CallWay                    = 1
	RecordingVersion           = 1
	RecordingHeadBytes         = 12
	RecordingHashBytes         = 32
	TableControl               = 0
	TableHome                  = 1
	TableIO                    = 2
	TableSystemFirst           = 2147483648
	TableHomes                 = 2147483654
	TableMetatables            = 2147483664
	TableHostFirst             = 4278190080
	RecordingModule            = 0
	RecordingCall              = 1
	RecordingReturn            = 2
	RecordingTrap              = 3
	RecordingImport            = 4
	RecordingUndone            = 5
	RecordingEnd               = 6
	TagNil                     = 0
	TagBoolean                 = 1
	TagInteger                 = 2
	TagFloat                   = 3
	TagString                  = 4
	TagFunction                = 5
	TagLibrary                 = 6
	TagExternal                = 7
	TagCompressed              = 8
	TagTable                   = 9
	TagSpilled                 = 10
	TagBigInteger              = 11
	TagPending                 = 12
	OK                         = 0
	InitFailed                 = -1
	Absent                     = -1
	RateExceeded               = -429
	Section                    = "cu"
	KeyConfig                  = "config"
	KeyNow                     = "now"
	KeyTick                    = "tick"
	KeyAnswer                  = "answer"
	FunctionLibrary            = "host"
	KeyEvent                   = "event"
	KeyResult                  = "\x01result\x00"
	ClassName                  = "__name"
	CallSignature              = "\x1bCu"
	RecordingSignature         = "\x1bCuRec"
	PermissionHome             = "_home"
	ConfigInstructions         = "instructions"
	ConfigTick                 = "tick"
	ConfigMemory               = "memory"
	ConfigOutput               = "output"
	ConfigSeed                 = "seed"
	ConfigCompression          = "compression"
	ConfigAtomic               = "atomic"
	ConfigTransaction          = "transaction"
	ConfigPermissions          = "permissions"
	ConfigBytecode             = "bytecode"
	ConfigStrip                = "strip"
	ConfigFunctions            = "functions"
	ConfigPending              = "pending"
	ConfigPendingMemory        = "pending_memory"
	ConfigEpoch                = "epoch"
	ConfigHome                 = "home"
	ConfigEvents               = "events"
	AtomicHost                 = "host"
	FunctionSync               = "sync"
	FunctionAsync              = "async"
	FunctionEither             = "either"
	TransactionOpen            = "open"
	TransactionCommit          = "commit"
	TransactionRollback        = "rollback"
	PermissionWrite            = "write"
	PermissionTables           = "tables"
	PermissionLibrary          = "library"
	GuardReadonly              = "readonly"
	GuardHidden                = "hidden"
	EventOutput                = "output"
	EventError                 = "error"
	EventAudit                 = "audit"
	EventUsage                 = "usage"
	EventProgress              = "progress"
	FieldKind                  = "kind"
	FieldText                  = "text"
	FieldOffset                = "offset"
	FieldClass                 = "class"
	FieldMessage               = "message"
	FieldValue                 = "value"
	FieldWaits                 = "waits"
	FieldInstructions          = "instructions"
	FieldMemory                = "memory"
	FieldCalls                 = "calls"
	FieldAction                = "action"
	FieldSequence              = "sequence"
	FieldFunction              = "function"
	FieldName                  = "name"
	FieldInto                  = "into"
	FieldBytes                 = "bytes"
	FieldLimit                 = "limit"
	FieldVariables             = "variables"
	FieldFirst                 = "first"
	FieldLevel                 = "level"
	FieldWork                  = "work"
	FieldDone                  = "done"
	FieldTotal                 = "total"
	WorkBatch                  = "batch"
	WorkIndex                  = "index"
	AuditBytecodeLoaded        = "bytecode_loaded"
	AuditBytecodeRefused       = "bytecode_refused"
	AuditFunctionPersisted     = "function_persisted"
	AuditFunctionRestored      = "function_restored"
	AuditPermissionRefused     = "permission_refused"
	AuditSchemaViolated        = "schema_violated"
	AuditLimitHit              = "limit_hit"
	AuditTransactionCommitted  = "transaction_committed"
	AuditTransactionRolledBack = "transaction_rolled_back"
	AuditHostCalled            = "host_called"
	AuditVariablesPutBack      = "variables_put_back"
	LimitInstructions          = "instructions"
	LimitMemory                = "memory"
	LimitOutput                = "output"
	LimitOperations            = "operations"
	LimitTick                  = "tick"
	ClassSyntax                = "syntax"
	ClassRuntime               = "runtime"
	ClassMemory                = "memory"
	ClassHandler               = "handler"
	ClassResult                = "result"
	ClassState                 = "state"
	ClassInput                 = "input"
	ClassConfig                = "config"
	ClassInternal              = "internal"
	ClassBudget                = "budget"
	ClassJournal               = "journal"
	ClassInterrupted           = "interrupted"
	ImportModule               = "env"
	MemoryExport               = "memory"
)

// ConfigKeys are the keys of the configuration.
var ConfigKeys = []string{"instructions", "tick", "memory", "output", "seed", "compression", "atomic", "transaction", "permissions", "bytecode", "strip", "functions", "pending", "pending_memory", "epoch", "home", "events"}

// EventKinds are the kinds of event.
var EventKinds = []string{"output", "error", "audit", "usage", "progress"}

// AuditActions are the values of the field action of an audit event.
var AuditActions = []string{"bytecode_loaded", "bytecode_refused", "function_persisted", "function_restored", "permission_refused", "schema_violated", "limit_hit", "transaction_committed", "transaction_rolled_back", "host_called", "variables_put_back"}

// Limits are the values of the field limit of an audit event.
var Limits = []string{"instructions", "memory", "output", "operations", "tick"}

// ErrorClasses are the values of the field class of an error event.
var ErrorClasses = []string{"syntax", "runtime", "memory", "handler", "result", "state", "input", "config", "internal", "budget", "journal", "interrupted"}

// EventFields are what an event of each kind has beside the kind; value may be absent.
var EventFields = map[string][]string{
	"output":   {"text", "offset"},
	"error":    {"class", "message", "value", "waits"},
	"audit":    {"action", "sequence"},
	"usage":    {"instructions", "memory", "calls"},
	"progress": {"work", "done", "total"},
}

// AuditFields are what an audit event of each action may have beside action and sequence.
var AuditFields = map[string][]string{
	"bytecode_loaded":         {"bytes"},
	"bytecode_refused":        {"message", "function"},
	"function_persisted":      {"function", "into"},
	"function_restored":       {"function"},
	"permission_refused":      {"message"},
	"schema_violated":         {"message"},
	"limit_hit":               {"limit", "value", "message"},
	"transaction_committed":   {"level"},
	"transaction_rolled_back": {"level"},
	"host_called":             {"name"},
	"variables_put_back":      {"variables", "first"},
}
