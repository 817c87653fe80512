package packager_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"manifold/packager"
)

// What opening leaves goes back to the system when no more is opened: a pool
// like those of the index is empty then.
func TestMemoryIsGivenBackAfterOpening(t *testing.T) {
	e := open(t, packager.Config{}, "../assets/sample")
	type chunk [1 << 10]byte
	var pool sync.Pool
	freed := make(chan struct{})
	c := new(chunk)
	runtime.AddCleanup(c, func(done chan struct{}) { close(done) }, freed)
	if _, err := e.Asset(context.Background(), e.Entries()[0].Locator.ID); err != nil {
		t.Fatal(err)
	}
	pool.Put(c)
	select {
	case <-freed:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing is given back")
	}
	runtime.KeepAlive(&pool)
}
