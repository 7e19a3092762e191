package cu

import "testing"

func BenchmarkCallOfAStoredFunction(b *testing.B) {
	instance := open(b, nil, Options{})
	value(b, instance, "function _home.add(a, b) return a + b end")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := instance.Call(ctx, "_home.add", 1, 2); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReturn1(b *testing.B) {
	instance := open(b, nil, Options{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := instance.Compute(ctx, "return 1"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewInstance(b *testing.B) {
	for b.Loop() {
		instance, err := module.New(ctx, nil, Options{})
		if err != nil {
			b.Fatal(err)
		}
		_ = instance.Close(ctx)
	}
}

func BenchmarkFunctionOfTheHost(b *testing.B) {
	instance := open(b, nil, Options{Functions: map[string]Function{"id": Sync(answers())}})
	value(b, instance, "function _home.many() for i = 1, 1000 do host.id(i) end end")
	for b.Loop() {
		if _, err := instance.Call(ctx, "_home.many"); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/call")
}

func BenchmarkMemoryStoreWalk(b *testing.B) {
	instance := open(b, nil, Options{})
	value(b, instance, "for i = 1, 10000 do _home[i] = i end function _home.walk() local n = 0 for _, v in ipairs(_home) do n = n + v end return n end")
	for b.Loop() {
		if _, err := instance.Call(ctx, "_home.walk"); err != nil {
			b.Fatal(err)
		}
	}
}
