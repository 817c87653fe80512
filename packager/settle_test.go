package packager_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"manifold/packager"
)

// What opening leaves goes back to the system when no more is opened.
func TestMemoryIsGivenBackAfterOpening(t *testing.T) {
	collected := func() uint32 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.NumForcedGC
	}
	e := open(t, packager.Config{}, "../assets/sample")
	before := collected()
	if _, err := e.Asset(context.Background(), e.Entries()[0].Locator.ID); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); collected() == before; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing is given back")
		}
	}
}
