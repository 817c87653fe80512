package source

import "runtime/debug"

// Guard calls f, and returns ErrChanged when bytes of a Span could not be read:
// the file became shorter, or its device failed. Without it that would end the
// process.
func Guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			if _, fault := p.(interface{ Addr() uintptr }); !fault {
				panic(p)
			}
			err = ErrChanged
		}
	}()
	return f()
}
