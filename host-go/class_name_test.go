package cu

import (
	"strings"
	"testing"
)

func TestTheNameOfAClassIsThatWhichItsMetatableHasNow(t *testing.T) {
	shared := Share(NewMemoryStore())
	instance, err := module.New(ctx, shared, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer instance.Close(ctx)
	long := strings.Repeat("Class", 1000)
	names := map[string]string{
		"setmetatable({}, { __name = 'Account' })":            "Account",
		"setmetatable({}, { __name = ('Class'):rep(1000) })":  long,
		"setmetatable({}, { __name = '\\xff' })":              "",
		"setmetatable({}, { __name = 7 })":                    "",
		"setmetatable({}, { __name = {} })":                   "",
		"setmetatable({}, { __name = function() end })":       "",
		"setmetatable({}, { __name = 'L', __metatable = 1 })": "L",
		"setmetatable({}, {})":                                "",
		"{}":                                                  "",
	}
	for made, wanted := range names {
		table := value(t, instance, "_home.it = "+made+" return _home.it").(External)
		if name, err := shared.ClassName(ctx, table); err != nil || name != wanted {
			t.Errorf("%s: %q, %v", made, name, err)
		}
	}
	table := value(t, instance, "_home.it = setmetatable({}, { __name = 'A' }) return _home.it").(External)
	value(t, instance, "getmetatable(_home.it).__name = 'B'")
	if name, err := shared.ClassName(ctx, table); err != nil || name != "B" {
		t.Errorf("%q, %v", name, err)
	}
	key, _ := EncodeKey(int64(table))
	if err := shared.Update(ctx, func(store Store) error { return store.Set(TableMetatables, key, []byte{TagBoolean, 1}) }); err != nil {
		t.Fatal(err)
	}
	if _, err := shared.ClassName(ctx, table); err == nil || !strings.Contains(err.Error(), "has a metatable that is no table") {
		t.Errorf("damage: %v", err)
	}
}
