package cu

// Info is what the file of the module says of itself.
type Info struct {
	Version  string   // of cu, from which it was built
	ABI      uint64   // the version of the contract, which is this host's
	Features []string // what is built in
	Flags    []string // of builds that are not for use
}

// ReadInfo reads the section "cu" of a module's bytes. It refuses another version of the contract with a *VersionError, and what is no
// module of any with a *ModuleError.
func ReadInfo(wasm []byte) (info Info, err error) {
	defer recovered(&err)
	fields := describe(wasm)
	info.ABI = ABIVersion
	var ok bool
	info.Version, ok = fields["version"].(string)
	require(ok, "its section '%s' has no text 'version'", Section)
	info.Features, ok = texts(fields["features"])
	require(ok, "its section '%s' has no list of texts 'features'", Section)
	flags, given := fields["flags"]
	info.Flags, ok = texts(flags)
	require(ok || !given, "its section '%s' has 'flags' that are no list of texts", Section)
	return info, nil
}

func texts(value any) (texts []string, ok bool) {
	list, ok := value.([]any)
	for _, item := range list {
		text, isText := item.(string)
		texts, ok = append(texts, text), ok && isText
	}
	return texts, ok
}
